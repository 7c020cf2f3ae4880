using System.Net;
using System.Text.Json;
using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Moving;

namespace Kedge.Recovery.Steps;

/// <summary>What an exception of a step means for the run: wait for the cloud, try again, or call a person and tell him what to do.</summary>
public static class RecoveryFaults
{
    /// <summary>Null: not of a cloud, and not foreseen.</summary>
    public static StepFault? Read(Exception e) => e switch
    {
        OpenStackException cloud => OfCloud(cloud),
        MoveBoardFullException full => new StepFault(true, false, full.Message, null, "See which movers are at work: kedge mover list."),
        KeyNotFoundException unknownSite => new StepFault(false, false, unknownSite.Message, null, "Tell this kedge about the site, then resume the run."),
        JsonException newer => new StepFault(false, false, $"The step cannot be read: {newer.Message}", null, "It was written by a newer kedge: resume the run with that one."),
        _ => null,
    };

    static StepFault OfCloud(OpenStackException e) => new(IsTransient(e), IsUnreachable(e), Message(e), e.RequestId, WhatToDo(e))
    {
        IsRefusedWrite = e is { Method: not ("" or "GET" or "HEAD"), Fault: Fault.BadRequest or Fault.OverQuota or Fault.Forbidden or Fault.NotFound },
    };

    /// <summary>A conflict passes when what is in the way ends its task; the deadline of the step bounds the waiting.</summary>
    static bool IsTransient(OpenStackException e) => e.IsTransient || e.Fault is Fault.Conflict;

    /// <summary>Nobody answered, or only what stands before the service did. A write whose answer was lost is looked for again all the same.</summary>
    static bool IsUnreachable(OpenStackException e) => e.Fault switch
    {
        Fault.Unreachable => true,
        Fault.Unavailable or Fault.Unclear => e.Status is null or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout,
        _ => false,
    };

    static string Message(OpenStackException e) =>
        e.CloudMessage is { Length: > 0 } said && !e.Message.Contains(said, StringComparison.Ordinal) ? $"{e.Message} The cloud says: {said}" : e.Message;

    static string? WhatToDo(OpenStackException e) => e.Fault switch
    {
        Fault.Unauthorized => $"The credentials of cloud {e.Cloud} are refused: correct them in clouds.yaml, then resume the run.",
        Fault.Forbidden => $"The right to {Asked(e)} is missing at {e.Cloud}: give the user the role or policy, or give the site an admin cloud; then resume the run.",
        Fault.OverQuota => $"Raise the quota that {e.Cloud} names ({Asked(e)}), then resume the run; what is there already is found again.",
        Fault.NotFound => $"Something that the run needs is gone at {e.Cloud} ({Asked(e)}): somebody removed it. Abandon the run, clean up, and start another.",
        Fault.Conflict => $"Something at {e.Cloud} is in the way of {Asked(e)}: see what it is in the message.",
        Fault.Untrusted => $"The certificate of {e.Cloud} is not trusted: set cacert in clouds.yaml, then resume the run.",
        Fault.MicroversionTooOld => $"{e.Cloud} is too old for {Asked(e)}.",
        Fault.NoEndpoint => $"The catalog of {e.Cloud} has no endpoint for {e.Service}: see region_name and interface in clouds.yaml, then resume the run.",
        Fault.Corrupt => "The bytes that arrived are not those that were promised: resume the run to transfer them again.",
        Fault.BadRequest or Fault.Protocol => $"Report this with the request id: {e.Cloud} does not accept {Asked(e)}.",
        _ => null,
    };

    /// <summary>"POST at network: …/v2.0/ports".</summary>
    static string Asked(OpenStackException e) => e.Method is "" ? e.Service : $"{e.Method} {e.Url} ({e.Service})";
}
