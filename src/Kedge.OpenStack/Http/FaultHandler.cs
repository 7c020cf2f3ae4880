using System.Net;
using System.Security.Authentication;

namespace Kedge.OpenStack.Http;

/// <summary>
/// Turns what can go wrong with one attempt into an <see cref="OpenStackException"/> that says whether it may have happened, and
/// holds the attempt's deadline, the reading of the answer included.
/// </summary>
internal sealed class FaultHandler(Connection connection, Session session) : DelegatingHandler
{
    /// <summary>The largest page of JSON that is read into memory.</summary>
    const long MostBytes = 64 << 20;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = OngoingCall.Of(request);
        call.IsSent = false;
        using var deadline = new CancellationTokenSource(call.Request.Stalled is null ? connection.Limits.AttemptTimeout : Timeout.InfiniteTimeSpan, connection.Clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token, call.Request.Stalled ?? CancellationToken.None);
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, any.Token);
            if (!call.Request.IsAnswerStreamed || !response.IsSuccessStatusCode)
                await response.Content.LoadIntoBufferAsync(MostBytes, any.Token);
        }
        catch (OperationCanceledException e) when (!call.Caller.IsCancellationRequested)
        {
            response?.Dispose();
            throw e.InnerException is TimeoutException && !any.IsCancellationRequested
                ? Broken(call, request, Fault.Unreachable, $"no connection within {connection.Limits.ConnectTimeout.TotalSeconds:0} s", e)
                : Broken(call, request, Sent(call), "no answer before the deadline", e);
        }
        catch (HttpRequestException e)
        {
            response?.Dispose();
            throw Broken(call, request, FaultOf(call, e), Innermost(e).Message, e);
        }
        catch (IOException e)
        {
            response?.Dispose();
            throw Broken(call, request, Sent(call), Innermost(e).Message, e);
        }

        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.MultipleChoices)
            return response;
        using (response)
            throw await RefusedAsync(call, request, response, cancellationToken);
    }

    /// <summary>The fault of a call without an answer. One that still waited for its token has done nothing.</summary>
    static Fault Sent(OngoingCall call) => call.Request.IsRead || !call.IsSent ? Fault.Unavailable : Fault.Unclear;

    static Fault FaultOf(OngoingCall call, HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError when e.InnerException is AuthenticationException => Fault.Untrusted,
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError
            or HttpRequestError.SecureConnectionError => Fault.Unreachable,
        HttpRequestError.ConfigurationLimitExceeded when call.Request.IsRead => Fault.Protocol,
        _ => Sent(call),
    };

    static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    OpenStackException Broken(OngoingCall call, HttpRequestMessage request, Fault fault, string reason, Exception cause)
    {
        var what = fault switch
        {
            Fault.Untrusted => $"its certificate is not trusted, and nothing was sent: {reason} Name its authority in 'cacert'.",
            Fault.Unreachable => $"cannot be reached, and nothing was sent: {reason}",
            Fault.Unclear => $"was sent, and whether it happened is not known: {reason}",
            _ => $"failed: {reason}",
        };
        return new(fault, connection.Redact($"{Where(call, request)}: {what}", session.CurrentToken), Failed(call, request), cause);
    }

    async Task<OpenStackException> RefusedAsync(OngoingCall call, HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancel)
    {
        var said = CloudMessage.In(await response.Content.ReadAsStringAsync(cancel));
        said = said is null ? null : connection.Redact(said, session.CurrentToken);
        var fault = StatusFault.Of(response.StatusCode, said, response.Headers.RetryAfter is not null, call.Request.IsRead);
        var id = ObserveHandler.RequestIdOf(response);
        var failed = Failed(call, request) with
        {
            Status = response.StatusCode,
            RequestId = id,
            CloudMessage = said,
            RetryAfter = WaitAskedFor(response),
        };
        var message = $"{Where(call, request)}: {(int)response.StatusCode} {response.ReasonPhrase ?? response.StatusCode.ToString()}"
            + (said is null ? "" : $": {said}")
            + Advice(fault, call)
            + (id is null ? "" : $" ({id})");
        return new(fault, message, failed);
    }

    string Advice(Fault fault, OngoingCall call) => fault switch
    {
        Fault.NotFound when call.Request.IsAnonymous => " Is this the address of a Keystone?",
        Fault.Unauthorized => $" Check the {connection.Settings.Credential} of cloud '{connection.Settings.Name}'.",
        Fault.Forbidden when session.Current is { } token => $" The token's roles: {string.Join(", ", token.Details.Roles.Select(role => role.Name))}.",
        Fault.Unclear => " Whether it happened is not known.",
        _ => "",
    };

    TimeSpan? WaitAskedFor(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - connection.Clock.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };

    string Where(OngoingCall call, HttpRequestMessage request) => $"{call.Kind.Type} of cloud '{connection.Settings.Name}', {request.Method} {AddressOf(request)}";

    FailedCall Failed(OngoingCall call, HttpRequestMessage request) => new(connection.Settings.Name, call.Kind.Type, request.Method.Method, AddressOf(request));

    // Credentials in an address are somebody's mistake, and not ours to repeat.
    static string AddressOf(HttpRequestMessage request) =>
        request.RequestUri is { } address ? address.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped) : "";
}
