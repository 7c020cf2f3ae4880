using System.Net;

namespace Kedge.OpenStack.Http;

/// <summary>Tells who listens of every attempt: what it was, what the answer was, the cloud's id of it, how long it took.</summary>
internal sealed class ObserveHandler(Connection connection, Action<CallRecord> raise) : DelegatingHandler
{
    public static string? RequestIdOf(HttpResponseMessage response)
    {
        foreach (var name in (ReadOnlySpan<string>)["x-openstack-request-id", "x-compute-request-id"])
        {
            if (response.Headers.TryGetValues(name, out var values))
                return values.First();
        }

        return null;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var startedAt = connection.Clock.GetUtcNow();
        var started = connection.Clock.GetTimestamp();
        HttpStatusCode? status = null;
        string? requestId = null;
        HttpResponseMessage? answered = null;
        using var span = CallTraces.Begin(connection.Settings.Name, request);
        try
        {
            var response = answered = await base.SendAsync(request, cancellationToken);
            (status, requestId) = (response.StatusCode, RequestIdOf(response));
            return response;
        }
        finally
        {
            CallTraces.End(span, answered);
            var call = OngoingCall.Of(request);
            raise(new(
                connection.Settings.Name,
                call.Kind.Type,
                request.Method.Method,
                call.Request.Path.Template,
                status,
                requestId,
                startedAt,
                connection.Clock.GetElapsedTime(started)));
        }
    }
}
