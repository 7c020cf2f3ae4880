using System.Net;

namespace Kedge.OpenStack;

/// <summary>What a status means: the services disagree on quotas, and 5xx says nothing about what became of a write.</summary>
static class StatusFault
{
    public static Fault Of(HttpStatusCode status, string? said, bool asksToWait, bool isRead) => status switch
    {
        HttpStatusCode.Unauthorized => Fault.Unauthorized,
        HttpStatusCode.Forbidden or HttpStatusCode.Conflict or HttpStatusCode.RequestEntityTooLarge when SpeaksOfQuota(said) => Fault.OverQuota,
        HttpStatusCode.Forbidden => Fault.Forbidden,
        HttpStatusCode.NotFound or HttpStatusCode.Gone => Fault.NotFound,
        HttpStatusCode.Conflict => Fault.Conflict,
        HttpStatusCode.TooManyRequests => Fault.OverLimit,
        HttpStatusCode.RequestEntityTooLarge when asksToWait => Fault.OverLimit,
        HttpStatusCode.NotAcceptable when said?.Contains("ersion", StringComparison.Ordinal) == true => Fault.MicroversionTooOld,
        >= HttpStatusCode.InternalServerError => isRead ? Fault.Unavailable : Fault.Unclear,
        < HttpStatusCode.BadRequest => Fault.Protocol,
        _ => Fault.BadRequest,
    };

    // Nova 403 "Quota exceeded", Neutron 409 "OverQuota", Cinder 413 "…ExceedsAvailableQuota" and "…LimitExceeded".
    // "Policy doesn't allow os_compute_api:os-quota-sets:update …" and "rule:get_quota is disallowed by policy" speak of it too, and mean a missing right.
    static bool SpeaksOfQuota(string? said) => said is not null
        && !said.Contains("Policy doesn't allow", StringComparison.OrdinalIgnoreCase)
        && !said.Contains("disallowed by policy", StringComparison.OrdinalIgnoreCase)
        && (said.Contains("quota", StringComparison.OrdinalIgnoreCase) || said.Contains("LimitExceeded", StringComparison.Ordinal));
}
