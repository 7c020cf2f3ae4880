namespace Kedge.Mediator.Watch;

/// <summary>
/// Which of several mediators does what one alone should do: follow definitions, tell of alarms, decide about a lost site. It is the first by name
/// of those that check in, so that all agree without asking each other. For two or three seconds after a death there is none, and for as
/// long as a paused one does not know, there are two: what a leader does harms nothing when it is done twice.
/// </summary>
/// <param name="livingAsync">The mediators that check in, this one among them.</param>
sealed class Leader(Func<CancellationToken, Task<IReadOnlySet<string>>> livingAsync, string own)
{
    public async Task<bool> IsItAsync(CancellationToken cancel) =>
        (await livingAsync(cancel)).Append(own).Min(StringComparer.Ordinal) == own;
}
