namespace Kedge.OpenStack;

/// <summary>What kind of failure a call ended with.</summary>
public enum Fault
{
    /// <summary>The cloud does not know who asks (401), also after a new token was fetched.</summary>
    Unauthorized,

    /// <summary>The cloud knows who asks and refuses (403): a role or policy is missing.</summary>
    Forbidden,

    /// <summary>There is no such thing (404, 410), or it is not visible to this project.</summary>
    NotFound,

    /// <summary>The resource is in a state that does not allow this, or the id, address or name is taken (409).</summary>
    Conflict,

    /// <summary>The cloud did not understand or accept the request (other 4xx).</summary>
    BadRequest,

    /// <summary>A quota of the project would be exceeded: repeating does not help.</summary>
    OverQuota,

    /// <summary>Asked too often (429, 413): it did not happen, and later it may.</summary>
    OverLimit,

    /// <summary>A read failed at the cloud's side (5xx, silence until the deadline, broken connection).</summary>
    Unavailable,

    /// <summary>A write was sent and its fate is unknown (5xx, silence, broken connection): look before pushing again.</summary>
    Unclear,

    /// <summary>The server's certificate is not trusted: nothing was sent.</summary>
    Untrusted,

    /// <summary>No connection could be made (name, route, refused): nothing was sent.</summary>
    Unreachable,

    /// <summary>The answer is not what the API promises: not JSON, a field missing, a redirect, an endless list.</summary>
    Protocol,

    /// <summary>The service does not speak a microversion that carries what was asked for; the message says which is needed.</summary>
    MicroversionTooOld,

    /// <summary>The catalog has no endpoint for this service, region and interface.</summary>
    NoEndpoint,

    /// <summary>The bytes received do not have the hash that the cloud promised.</summary>
    Corrupt,
}
