using System.Net;

namespace Kedge.OpenStack.Http;

/// <summary>Adds the token. When the cloud no longer takes it, fetches a new one and asks once more: a 401 means that nothing happened.</summary>
internal sealed class TokenHandler(Session session) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = OngoingCall.Of(request);
        if (call.Request.IsAnonymous)
        {
            call.IsSent = true;
            return await base.SendAsync(request, cancellationToken);
        }

        var token = await session.TokenAsync(cancellationToken);
        var response = await SendAsync(request, token, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized || !call.Request.IsRepeatable || !session.CanRenew)
            return response;
        response.Dispose();
        call.IsSent = false;
        return await SendAsync(request, await session.RenewAsync(token, cancellationToken), cancellationToken);
    }

    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, SessionToken token, CancellationToken cancel)
    {
        OngoingCall.Of(request).IsSent = true;
        request.Headers.Remove("X-Auth-Token");
        request.Headers.Add("X-Auth-Token", token.Value);
        return base.SendAsync(request, cancel);
    }
}
