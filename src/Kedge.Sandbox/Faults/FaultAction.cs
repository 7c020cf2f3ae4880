namespace Kedge.Sandbox.Faults;

/// <summary>What happens to one call on its way through the sandbox.</summary>
public abstract record FaultAction
{
    FaultAction() { }

    /// <summary>Nothing special.</summary>
    public sealed record Pass : FaultAction;

    /// <summary>The service answers with an error of its own shape and does nothing.</summary>
    /// <param name="Status">HTTP status, such as 409, 429, 500 or 503.</param>
    /// <param name="Message">The text in the error body.</param>
    /// <param name="RetryAfter">Sent as <c>Retry-After</c> in whole seconds; null leaves the header out.</param>
    public sealed record Refuse(int Status, string Message, TimeSpan? RetryAfter = null) : FaultAction;

    /// <summary>The connection is reset before the service has seen the request.</summary>
    public sealed record LoseRequest : FaultAction;

    /// <summary>The service does what it was asked, and the connection breaks before the answer arrives.</summary>
    public sealed record LoseAnswer : FaultAction;

    /// <summary>The call takes longer, by the cloud's clock.</summary>
    public sealed record Delay(TimeSpan By) : FaultAction;

    /// <summary>The caller's own machine loses power before the request leaves it.</summary>
    public sealed record LosePowerBefore : FaultAction;

    /// <summary>The caller's own machine loses power after the effect, before it could read the answer.</summary>
    public sealed record LosePowerAfter : FaultAction;

    /// <summary>
    /// The caller's own machine loses power when the request has left it and before it arrives: it takes effect just before the next request
    /// that asks for exactly the same, whose sender had looked and found nothing. Not for image data, which is kept in memory meanwhile.
    /// </summary>
    public sealed record LosePowerUnderway : FaultAction;

    /// <summary>The one instance most hooks return.</summary>
    public static FaultAction None { get; } = new Pass();
}
