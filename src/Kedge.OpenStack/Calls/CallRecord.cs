using System.Net;

namespace Kedge.OpenStack;

/// <summary>One call that was sent to a cloud: every attempt, also those that were retried afterwards.</summary>
/// <param name="Cloud">Name of the cloud, as in clouds.yaml.</param>
/// <param name="Service">Service type, such as <c>compute</c>.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="PathTemplate">Path below the endpoint with <c>{}</c> in the place of ids, such as <c>servers/{}/action</c>.</param>
/// <param name="Status">HTTP status; null when there was no answer.</param>
/// <param name="RequestId">The cloud's id of the request; null when there was no answer or it gave none.</param>
/// <param name="StartedAt">When it was sent, by the clock given to the cloud.</param>
/// <param name="Duration">Until the headers of the answer had arrived, or the call had failed.</param>
public sealed record CallRecord(
    string Cloud,
    string Service,
    string Method,
    string PathTemplate,
    HttpStatusCode? Status,
    string? RequestId,
    DateTimeOffset StartedAt,
    TimeSpan Duration);
