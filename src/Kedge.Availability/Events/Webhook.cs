using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;
using Kedge.Availability.Evidence;

namespace Kedge.Availability.Events;

/// <summary>Carries events to a webhook, in order, from a queue with a limit: whoever is slow loses the oldest, and nobody waits for him.</summary>
public sealed class Webhook : IDisposable
{
    public const int MostQueued = 1000;
    const int Tries = 5;
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    readonly Uri url;
    readonly HttpClient client;
    readonly TimeProvider clock;
    readonly Channel<ClusterEvent> queue;
    long delivered, dropped;

    /// <param name="transport">Null: real connections.</param>
    public Webhook(Uri url, HttpMessageHandler? transport, TimeProvider clock)
    {
        this.url = url;
        this.clock = clock;
        client = new HttpClient(transport ?? new SocketsHttpHandler { ConnectTimeout = Limit, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
        queue = Channel.CreateBounded<ClusterEvent>(
            new BoundedChannelOptions(MostQueued) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Interlocked.Increment(ref dropped));
    }

    public long Delivered => Interlocked.Read(ref delivered);

    /// <summary>Because the queue was full, or the other side refused each time.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    public void Add(ClusterEvent one) => queue.Writer.TryWrite(one);

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await foreach (var one in queue.Reader.ReadAllAsync(cancel))
        {
            if (await SendAsync(one, cancel))
                Interlocked.Increment(ref delivered);
            else
                Interlocked.Increment(ref dropped);
        }
    }

    public void Dispose() => client.Dispose();

    async Task<bool> SendAsync(ClusterEvent one, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(TimeSpan.FromSeconds(1 << (attempt - 1)), clock, cancel);
            using var timer = new CancellationTokenSource(Limit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
            using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(one, EvidenceJsonContext.Default.ClusterEvent))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
            try
            {
                using var answer = await client.PostAsync(url, body, either.Token);
                if (answer.IsSuccessStatusCode)
                    return true;
                // What it calls wrong does not become right by saying it again.
                if ((int)answer.StatusCode is >= 400 and < 500 and not (408 or 429))
                    return false;
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                // Not there, or too slow: once more.
            }
        }
        return false;
    }
}
