using Kedge.Plans;
using Kedge.Recovery.Sites;

namespace Kedge.Simulation.Tests;

/// <summary>
/// One life of a mediator, from its start to the loss of its power. All that it does to the world passes <see cref="PassAsync"/>: nothing of
/// a dead one arrives any more, and a paused one goes on later as if nothing had happened.
/// </summary>
sealed class Life(string name, int number, TimeProvider clock) : IDisposable
{
    readonly CancellationTokenSource end = new();
    TaskCompletionSource? pause;

    public string Mediator { get; } = name;

    /// <summary>As in the journal.</summary>
    public string Owner { get; } = $"{name}/{number}";

    /// <summary>Its own, which can jump.</summary>
    public JumpingClock Clock { get; } = new(clock);

    public required SiteSet Sites { get; set; }

    public bool IsOn { get; private set; } = true;

    public bool IsPaused => pause is not null;

    /// <summary>The disk with its journal is full.</summary>
    public bool IsDiskFull { get; set; }

    /// <summary>Clouds that it does not reach.</summary>
    public HashSet<string> CutOffFrom { get; } = [];

    public Dictionary<RunId, Task> Carried { get; } = [];

    public CancellationToken End => end.Token;

    public void LosePower()
    {
        IsOn = false;
        pause?.TrySetResult();
        end.Cancel();
    }

    public void Pause() => pause ??= new TaskCompletionSource();

    public void Continue()
    {
        var paused = pause;
        pause = null;
        paused?.TrySetResult();
    }

    public async Task PassAsync()
    {
        while (IsOn && pause is { } paused)
            await paused.Task;
        if (!IsOn)
            throw new PowerLostException($"of {Owner}");
    }

    public void Dispose() => end.Dispose();
}

/// <summary>A clock of one machine: it may jump against the others, while its timers run as all do.</summary>
sealed class JumpingClock(TimeProvider clock) : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + Ahead;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
}
