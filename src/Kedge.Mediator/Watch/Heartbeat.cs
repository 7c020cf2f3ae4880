namespace Kedge.Mediator.Watch;

/// <param name="DataAt">Null: there is no point yet.</param>
sealed record PointAge(string Workload, DateTimeOffset? DataAt, TimeSpan Rpo);

/// <summary>Whether this mediator does its work, for those who ask it.</summary>
sealed class Heartbeat(TimeProvider clock)
{
    /// <summary>A patrol walks every few seconds; one that does not return for so long is stuck.</summary>
    static readonly TimeSpan Stuck = TimeSpan.FromMinutes(5);

    readonly Lock gate = new();
    DateTimeOffset lastGood = clock.GetUtcNow();
    DateTimeOffset lastAny = clock.GetUtcNow();
    string? trouble = "it has not begun";

    public volatile int OpenRuns;

    /// <summary>Workloads that have a next start; and of these, those whose start is due and waits for a place.</summary>
    public volatile int Scheduled;
    public volatile int Waiting;

    /// <summary>Of the newest usable point of each workload that has one, and what is promised; swapped whole by the patrol.</summary>
    public volatile IReadOnlyList<PointAge> Points = [];

    /// <summary>Stopping: no new work is wanted.</summary>
    public volatile bool IsStopping;

    /// <param name="why">Why the patrol failed; null: it went round.</param>
    public void Tell(string? why)
    {
        lock (gate)
        {
            lastAny = clock.GetUtcNow();
            lastGood = why is null ? lastAny : lastGood;
            trouble = why;
        }
    }

    /// <summary>False: only a restart helps.</summary>
    public bool IsAlive
    {
        get
        {
            lock (gate)
                return clock.GetUtcNow() - lastAny < Stuck;
        }
    }

    /// <summary>Null: it works. Else why it does not, at this moment.</summary>
    public string? Trouble
    {
        get
        {
            lock (gate)
                return IsStopping ? "it is stopping" : trouble is null ? null : $"{trouble} (well at {lastGood:O})";
        }
    }
}
