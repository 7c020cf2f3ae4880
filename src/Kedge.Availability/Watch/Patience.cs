namespace Kedge.Availability.Watch;

/// <summary>
/// How often one resource may be asked about, and told of. A sense that lies is asked less and less often; a service that dies as soon as it
/// starts is left to Pacemaker's monitors and its migration-threshold after a few times.
/// </summary>
public sealed class Patience
{
    /// <summary>More than this within <see cref="Window"/> and the watcher is silent about the resource.</summary>
    public const int MostAsked = 40;

    public const int MostTold = 20;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    static readonly TimeSpan FirstQuiet = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LongestQuiet = TimeSpan.FromMinutes(1);

    readonly Lock gate = new();
    readonly Queue<DateTimeOffset> asked = new();
    readonly Queue<DateTimeOffset> told = new();
    DateTimeOffset quietUntil;
    TimeSpan nextQuiet = FirstQuiet;

    /// <summary>True counts as asked.</summary>
    public bool MayAsk(DateTimeOffset now)
    {
        lock (gate)
            return now >= quietUntil && Take(asked, MostAsked, now);
    }

    /// <summary>True counts as told.</summary>
    public bool MayTell(DateTimeOffset now)
    {
        lock (gate)
        {
            nextQuiet = FirstQuiet;
            return Take(told, MostTold, now);
        }
    }

    /// <summary>The agent said that nothing is wrong: each time in a row the next question waits twice as long.</summary>
    public void Denied(DateTimeOffset now)
    {
        lock (gate)
        {
            quietUntil = now + nextQuiet;
            nextQuiet = nextQuiet * 2 < LongestQuiet ? nextQuiet * 2 : LongestQuiet;
        }
    }

    static bool Take(Queue<DateTimeOffset> times, int most, DateTimeOffset now)
    {
        while (times.TryPeek(out var oldest) && now - oldest >= Window)
            times.Dequeue();
        if (times.Count >= most)
            return false;
        times.Enqueue(now);
        return true;
    }
}
