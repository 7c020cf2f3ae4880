using System.Net.Sockets;
using System.Text;

namespace Kedge.Home;

/// <summary>Tells systemd how far its service is, by the protocol of sd_notify(3); where nobody started it as a service, nobody hears.</summary>
/// <param name="socket">NOTIFY_SOCKET; null: it is no service.</param>
sealed class ServiceNotice(string? socket)
{
    public Task ReadyAsync(CancellationToken cancel) => SayAsync("READY=1", cancel);

    /// <summary>It is not stuck; to be said more often than WatchdogSec.</summary>
    public Task AliveAsync(CancellationToken cancel) => SayAsync("WATCHDOG=1", cancel);

    public Task StoppingAsync(CancellationToken cancel) => SayAsync("STOPPING=1", cancel);

    async Task SayAsync(string state, CancellationToken cancel)
    {
        if (socket is not { Length: > 1 })
            return;
        try
        {
            using var datagrams = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A name that is no file begins with @ in the variable, and with a zero for the kernel.
            var end = new UnixDomainSocketEndPoint(socket[0] == '@' ? $"\0{socket[1..]}" : socket);
            await datagrams.SendToAsync(Encoding.UTF8.GetBytes(state), SocketFlags.None, end, cancel);
        }
        catch (SocketException)
        {
            // Whoever waited for it judges by its own limits.
        }
    }
}
