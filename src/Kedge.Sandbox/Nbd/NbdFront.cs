using System.Net;
using System.Net.Sockets;
using Kedge.Sandbox.BlockStorage;

namespace Kedge.Sandbox.Nbd;

/// <summary>Serves attached volumes by NBD on a loopback port; the export's name is the attachment's id.</summary>
sealed class NbdFront : IAsyncDisposable
{
    readonly TcpListener listener;
    readonly Func<string, AttachedDisk> open;
    readonly CancellationTokenSource stop = new();
    readonly List<Task> talks = [];
    readonly Task accepting;

    NbdFront(Func<string, AttachedDisk> open, int port)
    {
        this.open = open;
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        accepting = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <param name="open">By the attachment's id; an <see cref="IOException"/> where there is none.</param>
    /// <param name="port">0 lets the system choose.</param>
    public static NbdFront Listen(Func<string, AttachedDisk> open, int port) => new(open, port);

    /// <summary>At once: open connections break.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting;
        listener.Dispose();
        await Task.WhenAll(talks);
        stop.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                talks.RemoveAll(talk => talk.IsCompleted);
                talks.Add(Task.Run(() => TalkAsync(client)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The cloud was killed.
        }
    }

    async Task TalkAsync(TcpClient client)
    {
        using var open = client;
        client.NoDelay = true;
        try
        {
            await new NbdTalk(client.GetStream(), this.open, stop.Token).RunAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The other end went away, or the cloud was killed.
        }
    }
}
