using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kedge.Contracts.Moving;
using Kedge.Recovery.Moving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Kedge.Mediator.Moving;

/// <summary>
/// The board's door for movers: HTTPS with mutual TLS, two questions (<c>POST /v1/take</c>, <c>POST /v1/report</c>). A mover is who its certificate says; it sees orders of its own site only.
/// </summary>
public sealed class BoardServer : IAsyncDisposable
{
    const long LargestBody = 256 * 1024;
    const long MostConnections = 1000;
    static readonly TimeSpan CertificateIsFreshFor = TimeSpan.FromDays(30);
    readonly WebApplication app;
    readonly MoveBoard board;
    readonly MoverAuthority authority;
    readonly TimeProvider time;
    readonly IReadOnlyCollection<string> hosts;
    readonly Lock gate = new();
    X509Certificate2? certificate;
    DateTimeOffset issuedAt;

    BoardServer(WebApplication app, MoveBoard board, MoverAuthority authority, TimeProvider time, IReadOnlyCollection<string> hosts)
    {
        this.app = app;
        this.board = board;
        this.authority = authority;
        this.time = time;
        this.hosts = hosts;
    }

    /// <summary>The port that it listens on.</summary>
    public int Port { get; private set; }

    /// <summary>Listens on all addresses of the machine. Authority and board belong to the caller.</summary>
    /// <param name="address">Whose port it takes.</param>
    /// <param name="names">All names under which movers know this machine: those of two sites may reach it by two networks.</param>
    /// <param name="board">Where they take orders.</param>
    /// <param name="authority">Who is let in.</param>
    /// <param name="time">Time.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<BoardServer> StartAsync(Uri address, IEnumerable<Uri> names, MoveBoard board, MoverAuthority authority, TimeProvider time, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        BoardServer? server = null;
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            Bound(kestrel.Limits);
            kestrel.AddServerHeader = false;
            kestrel.Listen(address.IsLoopback ? IPAddress.Loopback : IPAddress.IPv6Any, address.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(https =>
                {
                    https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                    https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                    https.HandshakeTimeout = TimeSpan.FromSeconds(10);
                    https.ServerCertificateSelector = (_, _) => server!.Certificate();
                    // Whether it is still let in is asked with each request, and answered in words.
                    https.ClientCertificateValidation = (shown, _, _) => authority.IsOurs(shown);
                });
            });
        });
        var app = builder.Build();
        server = new BoardServer(app, board, authority, time, [.. names.Append(address).Select(name => name.IdnHost.Trim('[', ']')).Distinct()]);
        app.Run(server.AnswerAsync);
        await app.StartAsync(cancel);
        server.Port = new Uri(app.Urls.First()).Port;
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Movers keep questions open; they are cut off, and ask again elsewhere or later.
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(200), time);
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
        certificate?.Dispose();
    }

    static void Bound(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = LargestBody;
        limits.MaxConcurrentConnections = MostConnections;
        limits.MaxRequestHeadersTotalSize = 8 * 1024;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
    }

    X509Certificate2 Certificate()
    {
        lock (gate)
        {
            if (certificate is null || time.GetUtcNow() - issuedAt > CertificateIsFreshFor)
            {
                // The one before may be in the middle of a handshake; the collector takes it.
                certificate = authority.IssueForBoard(hosts);
                issuedAt = time.GetUtcNow();
            }
            return certificate;
        }
    }

    async Task AnswerAsync(HttpContext http)
    {
        var cancel = http.RequestAborted;
        if (http.Connection.ClientCertificate is not { } shown || authority.FindEnrolled(shown) is not { } mover)
        {
            await RefuseAsync(http, HttpStatusCode.Forbidden, "this certificate is not one that is let in: it was revoked, or the mover was enrolled again since. Enroll the mover: kedge mover enroll NAME --site SITE");
            return;
        }
        switch (http.Request.Method, http.Request.Path.Value)
        {
            case ("POST", "/v1/take"):
                if (await ReadAsync(http, MoveJson.Default.MoverOffer) is not { } offer) return;
                if (await board.TakeAsync(mover, offer, cancel) is { } lease) await http.Response.WriteAsJsonAsync(lease, MoveJson.Default.MoveLease, cancellationToken: cancel);
                else http.Response.StatusCode = (int)HttpStatusCode.NoContent;
                break;
            case ("POST", "/v1/report"):
                if (await ReadAsync(http, MoveJson.Default.MoveReport) is not { } report) return;
                await http.Response.WriteAsJsonAsync(board.Report(mover, report), MoveJson.Default.ReportReceipt, cancellationToken: cancel);
                break;
            default:
                await RefuseAsync(http, HttpStatusCode.NotFound, $"this is Kedge's board for movers; it does not know {http.Request.Method} {http.Request.Path}. Is the mover of another version?");
                break;
        }
    }

    /// <summary>Null: refused, in words.</summary>
    static async Task<T?> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            if (await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted) is { } read) return read;
            await RefuseAsync(http, HttpStatusCode.BadRequest, "the body is null.");
        }
        catch (JsonException e)
        {
            await RefuseAsync(http, HttpStatusCode.BadRequest, $"the body is not understood: {e.Message} Are mover and board of the same version?");
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(http, (HttpStatusCode)e.StatusCode, $"{e.Message} A body has {LargestBody} bytes at most.");
        }
        return null;
    }

    static async Task RefuseAsync(HttpContext http, HttpStatusCode status, string why)
    {
        http.Response.StatusCode = (int)status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(why, http.RequestAborted);
    }
}
