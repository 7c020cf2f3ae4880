namespace Kedge.OpenStack.Http;

/// <summary>What the handlers know of the call that a message is part of.</summary>
/// <param name="Kind">Service.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Caller">The caller's wish to give up, as opposed to a deadline of ours.</param>
internal sealed record OngoingCall(ServiceKind Kind, Request Request, CancellationToken Caller)
{
    static readonly HttpRequestOptionsKey<OngoingCall> Key = new("kedge.call");

    /// <summary>This attempt has left, and was not refused for its token. Before that nothing can have happened.</summary>
    public bool IsSent { get; set; }

    public static OngoingCall Of(HttpRequestMessage message) =>
        message.Options.TryGetValue(Key, out var call) ? call : throw new System.Diagnostics.UnreachableException("A message without its call.");

    public void AddTo(HttpRequestMessage message) => message.Options.Set(Key, this);
}
