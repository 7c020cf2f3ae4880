using System.Diagnostics;

namespace Kedge.OpenStack.Http;

/// <summary>A span for each call on the wire, named by method and path with placeholders: no id, no query, no header is in it.</summary>
static class CallTraces
{
    static readonly ActivitySource Source = new("Kedge.OpenStack");

    public static Activity? Begin(string cloud, HttpRequestMessage request)
    {
        var call = OngoingCall.Of(request);
        return Source.StartActivity($"{request.Method.Method} {call.Request.Path.Template}", ActivityKind.Client)?
            .SetTag("kedge.cloud", cloud).SetTag("kedge.service", call.Kind.Type).SetTag("http.request.method", request.Method.Method).SetTag("url.template", call.Request.Path.Template);
    }

    public static void End(Activity? span, HttpResponseMessage? response)
    {
        if (span is null)
            return;
        if (response is not null)
            span.SetTag("http.response.status_code", (int)response.StatusCode).SetTag("openstack.request_id", ObserveHandler.RequestIdOf(response));
        if (response is null || !response.IsSuccessStatusCode)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
