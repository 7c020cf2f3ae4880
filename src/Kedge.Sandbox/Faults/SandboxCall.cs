namespace Kedge.Sandbox.Faults;

/// <summary>One call as a fault hook and the log see it.</summary>
/// <param name="Number">Position among all calls to this cloud, from 0.</param>
/// <param name="Service">Catalog type: identity, compute, network, volumev3, image or orchestration.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path within the service, without its version, such as <c>/servers/detail</c>.</param>
/// <param name="Query">Query string with its question mark, or empty.</param>
/// <param name="RequestId">The <c>req-…</c> id that the answer carries.</param>
/// <param name="At">When the cloud's clock saw it arrive.</param>
public sealed record SandboxCall(
    long Number, string Service, string Method, string Path, string Query, string RequestId, DateTimeOffset At)
{
    /// <summary>Whether the call can change anything; tokens do not count as a change.</summary>
    public bool IsWrite => Method is not ("GET" or "HEAD" or "OPTIONS") && !(Service == "identity" && Path == "/auth/tokens");

    /// <summary>As a log line: number, method, service and path.</summary>
    public override string ToString() => $"#{Number} {Method} {Service} {Path}{Query}";
}
