namespace Kedge.Recovery.Capture;

/// <summary>
/// A workload could not be captured whole, and therefore was not captured at all: the last good point stays what it is.
/// The message says what is missing, of which resource, and what to do.
/// </summary>
/// <param name="message">What, where, what to do.</param>
/// <param name="mayPass">See <see cref="MayPass"/>.</param>
public sealed class CaptureException(string message, bool mayPass = false) : Exception(message)
{
    /// <summary>The cloud was in the middle of something (a cell down, a disk being attached): later the same capture may succeed.</summary>
    public bool MayPass { get; } = mayPass;
}
