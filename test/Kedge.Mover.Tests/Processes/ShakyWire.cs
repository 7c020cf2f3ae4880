using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Kedge.Mover.Tests.Processes;

/// <summary>A way to the board that can be cut: what runs over it breaks, and nothing new gets through until it is mended.</summary>
sealed class ShakyWire : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly ConcurrentDictionary<TcpClient, bool> open = new();
    readonly int port;
    readonly Task running;
    volatile bool isCut;

    public ShakyWire(int port)
    {
        this.port = port;
        listener.Start();
        running = ListenAsync();
    }

    public Uri Address => new($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}");

    public int Refused;

    public void Cut()
    {
        isCut = true;
        foreach (var client in open.Keys) client.Dispose();
    }

    public void Mend() => isCut = false;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        Cut();
        listener.Stop();
        await running;
        stop.Dispose();
    }

    async Task ListenAsync()
    {
        var carrying = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                if (isCut)
                {
                    Interlocked.Increment(ref Refused);
                    client.Dispose();
                    continue;
                }
                carrying.Add(CarryAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(carrying);
        }
    }

    async Task CarryAsync(TcpClient client)
    {
        using var server = new TcpClient();
        open[client] = true;
        open[server] = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, port, stop.Token);
            var there = client.GetStream().CopyToAsync(server.GetStream(), stop.Token);
            var back = server.GetStream().CopyToAsync(client.GetStream(), stop.Token);
            await Task.WhenAny(there, back);
            client.Dispose();
            server.Dispose();
            await Task.WhenAll(there, back);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // Cut.
        }
        finally
        {
            open.TryRemove(client, out _);
            open.TryRemove(server, out _);
            client.Dispose();
        }
    }
}
