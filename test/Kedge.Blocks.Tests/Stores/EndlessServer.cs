using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kedge.Blocks.Tests.Stores;

/// <summary>Speaks just enough HTTP to begin an answer, and then says spaces for as long as somebody listens.</summary>
sealed class EndlessServer : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Task serving;
    readonly List<Task> talks = [];
    long longest;

    public EndlessServer()
    {
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    /// <summary>Status and the beginning of the body, by path.</summary>
    public Func<string, (int Status, string Beginning)> Answer { get; set; } = _ => (200, "");

    public bool IsEndless { get; set; } = true;

    public bool IsLoginEndless { get; set; }

    /// <summary>The most that one listener took of an answer, with what lay in buffers on the way.</summary>
    public long LongestBytes => Interlocked.Read(ref longest);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        await Task.WhenAll(talks);
        stop.Dispose();
    }

    async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                talks.Add(Task.Run(() => TalkAsync(client)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    async Task TalkAsync(TcpClient client)
    {
        using var end = client;
        long said = 0;
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, leaveOpen: true);
            var path = (await reader.ReadLineAsync(stop.Token) ?? "/ /").Split(' ')[1].Split('?')[0];
            while (await reader.ReadLineAsync(stop.Token) is { Length: > 0 }) { }

            var (status, beginning) = Answer(path);
            var isLogin = path.StartsWith("/auth", StringComparison.Ordinal);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} So\r\nConnection: close\r\nX-Auth-Token: t\r\nX-Storage-Url: {Address}v1\r\n\r\n{beginning}"), stop.Token);
            var spaces = new byte[64 << 10];
            spaces.AsSpan().Fill((byte)' ');
            for (var isOn = isLogin ? IsLoginEndless : IsEndless; isOn; said += spaces.Length) await stream.WriteAsync(spaces, stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has hung up, which is what is asked of it.
        }
        for (var known = LongestBytes; known < said; known = LongestBytes) Interlocked.CompareExchange(ref longest, said, known);
    }
}
