namespace Kedge.Mediator.Running;

/// <summary>Whether somebody who has a run still lives, as far as this mediator can tell.</summary>
/// <param name="livingAsync">The mediators that check in.</param>
sealed class OwnersAlive(Func<CancellationToken, Task<IReadOnlySet<string>>> livingAsync)
{
    /// <summary>True also where nobody knows: a kedge on another machine, whose run a person must take over.</summary>
    public async Task<bool> IsAliveAsync(string owner, CancellationToken cancel) =>
        RunOwner.IsMediator(owner)
            ? (await livingAsync(cancel)).Contains(owner)
            : RunOwner.IsAlive(owner) is not false;
}
