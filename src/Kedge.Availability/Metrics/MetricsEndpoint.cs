using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kedge.Availability.Metrics;

/// <summary>
/// Answers every GET with the same page, and nothing else: no web server is worth its memory in a process that is to be the smallest on the
/// node. One request a connection, few at once, each within a limit.
/// </summary>
public sealed class MetricsEndpoint : IDisposable
{
    const int MostAtOnce = 4;
    const int MostRequest = 8 * 1024;
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    readonly TcpListener listener;
    readonly Func<CancellationToken, Task<string>> page;
    readonly TimeProvider clock;
    readonly SemaphoreSlim atOnce = new(MostAtOnce);

    /// <exception cref="SocketException">The address is taken, or not ours.</exception>
    public MetricsEndpoint(IPEndPoint address, Func<CancellationToken, Task<string>> page, TimeProvider clock)
    {
        this.page = page;
        this.clock = clock;
        listener = new TcpListener(address);
        listener.Start(MostAtOnce);
    }

    /// <summary>With the port that it got, when 0 was asked for.</summary>
    public IPEndPoint Address => (IPEndPoint)listener.LocalEndpoint;

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var open = new List<Task>();
        while (true)
        {
            await atOnce.WaitAsync(cancel);
            var client = await listener.AcceptTcpClientAsync(cancel);
            open.RemoveAll(one => one.IsCompleted);
            open.Add(AnswerAsync(client, cancel));
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        atOnce.Dispose();
    }

    async Task AnswerAsync(TcpClient client, CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            using var _ = client;
            var stream = client.GetStream();
            var answer = await ReadAsync(stream, either.Token) switch
            {
                null => Answer("400 Bad Request", "not an HTTP request\n"),
                ['G', 'E', 'T', ' ', ..] => Answer("200 OK", await page(either.Token)),
                _ => Answer("405 Method Not Allowed", "only GET\n"),
            };
            await stream.WriteAsync(answer, either.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // He left, or was too slow.
        }
        finally
        {
            atOnce.Release();
        }
    }

    /// <summary>The head of a request; null: there was none.</summary>
    static async Task<string?> ReadAsync(NetworkStream stream, CancellationToken cancel)
    {
        var buffer = new byte[MostRequest];
        var length = 0;
        while (length < buffer.Length)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(length), cancel);
            if (count == 0)
                return null;
            length += count;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
                return Encoding.ASCII.GetString(buffer, 0, length);
        }
        return null;
    }

    static byte[] Answer(string status, string body)
    {
        var content = Encoding.UTF8.GetBytes(body);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. content];
    }
}
