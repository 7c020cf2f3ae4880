using System.Net.Sockets;

namespace Kedge.Availability.Watch;

/// <summary>
/// Asks an API whether it answers, on a new connection each time: a kept one is served by a worker that lives while the others hang.
/// Any status is an answer; what an answer is worth is for the agent to say.
/// </summary>
public sealed class HttpProbe : IDisposable
{
    readonly TimeProvider clock;
    readonly HttpClient client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxConnectionsPerServer = 4,
        PooledConnectionLifetime = TimeSpan.Zero,
#pragma warning disable CA5359 // It is asked whether it lives, and told nothing: a certificate for another name than 127.0.0.1 is no sign of death.
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
    })
    { Timeout = System.Threading.Timeout.InfiniteTimeSpan };

    public HttpProbe(TimeProvider clock) => this.clock = clock;

    /// <returns>Null: it answered.</returns>
    public async Task<Suspicion?> AskAsync(Uri url, TimeSpan limit, CancellationToken cancel) => (await SendAsync(url, limit, cancel)).Wrong;

    /// <summary>As a client sees it: a balancer that answers for a service that is away (503) is no answer.</summary>
    public async Task<bool> IsServedAsync(Uri url, TimeSpan limit, CancellationToken cancel) => (await SendAsync(url, limit, cancel)).Status is > 0 and < 500;

    async Task<(Suspicion? Wrong, int Status)> SendAsync(Uri url, TimeSpan limit, CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { ConnectionClose = true } };
        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return (null, (int)answer.StatusCode);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (Suspicion.Silent, 0);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return (Suspicion.Refused, 0);
        }
        catch (HttpRequestException)
        {
            // It closed the connection in the middle, or did not speak HTTP.
            return (Suspicion.Silent, 0);
        }
    }

    public void Dispose() => client.Dispose();
}
