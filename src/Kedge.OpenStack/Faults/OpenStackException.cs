using System.Net;

namespace Kedge.OpenStack;

/// <summary>
/// A call to a cloud failed. Answers what its catcher must know: may it work later (<see cref="IsTransient"/>), did it perhaps
/// happen (<see cref="MayHaveHappened"/>), and what to search for in the cloud's logs (<see cref="RequestId"/>).
/// Carries no secrets: neither tokens nor passwords, also where the cloud echoed them.
/// </summary>
public sealed class OpenStackException : Exception
{
    internal OpenStackException(Fault fault, string message, FailedCall call, Exception? inner = null)
        : base(message, inner)
    {
        Fault = fault;
        Cloud = call.Cloud;
        Service = call.Service;
        Method = call.Method;
        Url = call.Url;
        Status = call.Status;
        RequestId = call.RequestId;
        CloudMessage = call.CloudMessage;
        RetryAfter = call.RetryAfter;
    }

    /// <summary>What kind of failure it is.</summary>
    public Fault Fault { get; }

    /// <summary>Name of the cloud, as in clouds.yaml.</summary>
    public string Cloud { get; }

    /// <summary>Service type: <c>compute</c>, <c>network</c>, <c>block-storage</c>, <c>image</c>, <c>orchestration</c>, <c>identity</c>.</summary>
    public string Service { get; }

    /// <summary>HTTP method of the call; empty when no call was made.</summary>
    public string Method { get; }

    /// <summary>Address of the call, without credentials; empty when no call was made.</summary>
    public string Url { get; }

    /// <summary>HTTP status of the answer; null when there was none.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>The cloud's id of the request (<c>x-openstack-request-id</c>); null when there was no answer.</summary>
    public string? RequestId { get; }

    /// <summary>What the cloud itself said, at most 1000 characters; null when it said nothing.</summary>
    public string? CloudMessage { get; }

    /// <summary>How long the cloud asked to wait; null when it did not.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The same call may succeed later without anybody changing anything. After <see cref="Fault.Unclear"/>: look first.</summary>
    public bool IsTransient => Fault is Fault.Unavailable or Fault.OverLimit or Fault.Unreachable or Fault.Unclear;

    /// <summary>The call was a write, was sent, and may have taken effect although it failed here.</summary>
    public bool MayHaveHappened => Fault is Fault.Unclear;
}

/// <summary>What is known of a call that failed.</summary>
internal sealed record FailedCall(string Cloud, string Service, string Method = "", string Url = "")
{
    public HttpStatusCode? Status { get; init; }

    public string? RequestId { get; init; }

    public string? CloudMessage { get; init; }

    public TimeSpan? RetryAfter { get; init; }
}
