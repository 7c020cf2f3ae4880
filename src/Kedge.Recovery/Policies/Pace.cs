using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Kedge.Plans;

namespace Kedge.Recovery.Policies;

/// <summary>
/// When the next point of a workload is begun, so that its RPO holds: not every RPO, but early enough that the point is there before the one
/// before it is too old. Pure, and the only place that knows the rule.
/// </summary>
public static class Pace
{
    /// <summary>Before the first point nobody knows how long one takes.</summary>
    static readonly TimeSpan FirstGuess = TimeSpan.FromMinutes(10);

    /// <summary>Mediators look at the clock, are taken over, wait for a turn.</summary>
    static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(15);
    static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    /// <summary>Of the RPO: starts lie in so wide a band before the last moment, each workload at its own place, so that they do not all come at once.</summary>
    const double Band = 0.1;

    public static NextPoint Next(PaceQuestion asked)
    {
        var takes = Estimate(asked);
        if (asked.NewestDataAt is not { } newest)
            return new NextPoint(Fit(asked, asked.Now + (BandOf(asked) * PlaceOf(asked.Workload)), takes), "there is no point yet");
        var latest = newest + asked.Rpo - takes;
        var wanted = latest - (BandOf(asked) * PlaceOf(asked.Workload));
        var at = Fit(asked, wanted > asked.Now ? wanted : asked.Now, takes);
        var remark = (2 * takes > asked.Rpo, at > latest) switch
        {
            (true, _) => $"a point takes {PlanText.Say(takes)}, too long for an RPO of {PlanText.Say(asked.Rpo)}",
            (_, true) when !OpenHours.AreOpen(asked.Windows, latest) => "the policy's windows are closed until then",
            (_, true) => "behind: as soon as it may be",
            _ => $"a point takes {PlanText.Say(takes)}",
        };
        return new NextPoint(at, remark);
    }

    /// <summary>After a point could not be taken: soon, later with each failure, and never so late that it alone breaks an RPO.</summary>
    /// <param name="failures">In a row, 1 for the first.</param>
    public static DateTimeOffset Retry(PaceQuestion asked, int failures)
    {
        var wait = TimeSpan.FromTicks(Math.Clamp((asked.Rpo / 50).Ticks, ShortestRetry.Ticks, LongestRetry.Ticks));
        for (var i = 1; i < failures && wait < LongestRetry; i++)
            wait *= 2;
        wait = wait < LongestRetry ? wait : LongestRetry;
        return asked.Now + wait + (wait * 0.5 * PlaceOf(asked.Workload));
    }

    /// <summary>The longest of the last ones, and half of how much they differ or a fifth more: the next may be longer than any of them.</summary>
    static TimeSpan Estimate(PaceQuestion asked)
    {
        var guess = asked.Rpo / 4 < FirstGuess ? asked.Rpo / 4 : FirstGuess;
        if (!asked.Took.IsDefaultOrEmpty)
        {
            var (longest, shortest) = (asked.Took.Max(), asked.Took.Min());
            guess = longest + TimeSpan.FromTicks(Math.Max((longest / 5).Ticks, ((longest - shortest) / 2).Ticks));
        }
        return guess + (Slack < asked.Rpo / 10 ? Slack : asked.Rpo / 10);
    }

    static DateTimeOffset Fit(PaceQuestion asked, DateTimeOffset at, TimeSpan takes) => OpenHours.Fit(asked.Windows, at, asked.Now, takes);

    static TimeSpan BandOf(PaceQuestion asked) => asked.Rpo * Band;

    /// <summary>0 to 1, always the same for a name.</summary>
    static double PlaceOf(string workload) => BitConverter.ToUInt16(SHA256.HashData(Encoding.UTF8.GetBytes(workload))) / 65536.0;
}

/// <summary>What the next start follows from.</summary>
public sealed record PaceQuestion
{
    public required string Workload { get; init; }
    public required TimeSpan Rpo { get; init; }
    public ImmutableArray<ProtectionWindow> Windows { get => field.IsDefault ? [] : field; init; }

    /// <summary>Of the newest usable point; null: there is none.</summary>
    public required DateTimeOffset? NewestDataAt { get; init; }

    /// <summary>From the moment of its data until it was there: the last points, in any order.</summary>
    public ImmutableArray<TimeSpan> Took { get; init; }
    public required DateTimeOffset Now { get; init; }
}

/// <param name="At">Not before now.</param>
/// <param name="Remark">Why then, for a person.</param>
public sealed record NextPoint(DateTimeOffset At, string Remark);
