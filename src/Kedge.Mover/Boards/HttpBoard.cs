using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kedge.Contracts.Moving;

namespace Kedge.Mover.Boards;

/// <summary>A board over HTTPS, with mutual TLS. The mover connects; nobody connects to it.</summary>
public sealed class HttpBoard : IBoardLink, IDisposable
{
    const int LongestAnswer = 256 * 1024;
    static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);
    readonly HttpClient http;
    readonly TimeProvider time;

    /// <summary>The identity belongs to the caller.</summary>
    public HttpBoard(Uri address, MoverIdentity identity, TimeProvider time)
    {
        this.time = time;
        Name = address.GetLeftPart(UriPartial.Authority);
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectTimeout = AnswerWithin,
            // A firewall forgets a quiet connection without a word; a new one is cheap.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [identity.Certificate],
                LocalCertificateSelectionCallback = (_, _, _, _, _) => identity.Certificate,
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                    certificate is X509Certificate2 board && (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0 && identity.Believes(board),
            },
        })
        {
            BaseAddress = address,
            MaxResponseContentBufferSize = LongestAnswer,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Task<MoveLease?> TakeAsync(MoverOffer offer, CancellationToken cancel) =>
        AskAsync("/v1/take", offer, MoveJson.Default.MoverOffer, MoveJson.Default.MoveLease, AnswerWithin + TimeSpan.FromSeconds(offer.WaitS), cancel);

    /// <inheritdoc/>
    public async Task<ReportReceipt> ReportAsync(MoveReport report, CancellationToken cancel) =>
        await AskAsync("/v1/report", report, MoveJson.Default.MoveReport, MoveJson.Default.ReportReceipt, AnswerWithin, cancel)
        ?? throw new BoardException($"The board {Name} gave an empty answer to a report.");

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    async Task<TAnswer?> AskAsync<TQuestion, TAnswer>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> asked, JsonTypeInfo<TAnswer> answered, TimeSpan within, CancellationToken cancel)
        where TAnswer : class
    {
        using var limit = new CancellationTokenSource(within, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            using var content = JsonContent.Create(question, asked);
            using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content, both.Token);
            if (answer.StatusCode == HttpStatusCode.NoContent) return null;
            if (answer.IsSuccessStatusCode) return await answer.Content.ReadFromJsonAsync(answered, both.Token);
            throw new BoardException($"The board {Name} refused: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(both.Token)}");
        }
        catch (HttpRequestException e)
        {
            throw new BoardException($"The board {Name} is not to be reached: {e.Message}{(e.InnerException is { } inner ? $" ({inner.Message})" : "")}", e);
        }
        catch (JsonException e)
        {
            throw new BoardException($"The board {Name} answered what this mover does not understand: {e.Message} Are both of the same version?", e);
        }
        catch (IOException e)
        {
            throw new BoardException($"The connection to the board {Name} broke: {e.Message}", e);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new BoardException($"The board {Name} did not answer within {within.TotalSeconds} s.");
        }
    }
}
