using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Kedge.Recovery.Health;

/// <summary>What is believed of a site.</summary>
public enum SiteState
{
    Up,

    /// <summary>Something of it does not answer, or not everybody reaches it.</summary>
    Degraded,

    /// <summary>Nobody here can tell: the mediator may be cut off itself.</summary>
    Unknown,

    /// <summary>Nothing of it answers anybody, and enough have looked.</summary>
    Silent,
}

/// <summary>Whether the mediator itself reaches anything outside, asked before it believes its own eyes.</summary>
public enum SelfCheck
{
    /// <summary>There is nothing to ask: neither another site nor an anchor is named.</summary>
    Untested,
    Passed,

    /// <summary>It reaches nothing at all: it is cut off.</summary>
    Failed,
}

/// <summary>What all observers saw of a site at one time.</summary>
public sealed record HealthRound
{
    public required DateTimeOffset At { get; init; }
    public required SelfCheck Self { get; init; }
    public required SiteSighting Own { get; init; }

    /// <summary>The newest sighting of each witness that could be asked.</summary>
    public required ImmutableArray<SiteSighting> Witnesses { get; init; }

    /// <summary>Witnesses there are, whether or not they could be asked.</summary>
    public required int WitnessesNamed { get; init; }

    /// <summary>Everybody who is to look: the mediator and its witnesses.</summary>
    [JsonIgnore]
    public int Observers => WitnessesNamed + 1;

    /// <summary>Sightings that count: fresh ones, and the mediator's own unless it is cut off.</summary>
    public IEnumerable<SiteSighting> Counting(HealthRules rules) =>
        Witnesses.Where(seen => (At - seen.At).Duration() <= rules.Fresh).Concat(Self is SelfCheck.Failed ? [] : [Own]).Where(seen => seen.View is not SiteView.CannotTell);

    /// <summary>
    /// A single sign of life is believed from anybody; that there is none is believed only of a majority of all who are to look, and only
    /// while the mediator is not cut off itself.
    /// </summary>
    public SiteView ViewBy(HealthRules rules)
    {
        var views = Counting(rules).Select(seen => seen.View).ToList();
        if (views.Count == 0)
            return SiteView.CannotTell;
        if (views.Any(view => view is not SiteView.Nothing))
            return views.All(view => view is SiteView.Well) ? SiteView.Well : SiteView.Partly;
        return Self is not SelfCheck.Failed && views.Count * 2 > Observers ? SiteView.Nothing : SiteView.CannotTell;
    }
}

/// <summary>How slowly a state is believed.</summary>
public sealed record HealthRules
{
    /// <summary>How often a round is due.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Rounds in a row that must be worse than the state before it gets worse.</summary>
    public int WorseAfter { get; init; } = 3;

    /// <summary>Rounds in a row that must be better before it gets better: a site that flaps is not up.</summary>
    public int BetterAfter { get; init; } = 5;

    /// <summary>How old what a witness saw may be. Clocks of observers agree within a second (design D4).</summary>
    public TimeSpan Fresh { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Rounds farther apart than this are not in a row.</summary>
    public TimeSpan Gap { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>What is believed of a site, since when, and the rounds that it is believed for.</summary>
public sealed record SiteHealth
{
    /// <summary>Kept as evidence, newest last: an hour, at a round each half minute.</summary>
    public const int MostRounds = 120;

    public required string Site { get; init; }
    public required SiteState State { get; init; }
    public required DateTimeOffset Since { get; init; }
    /// <summary>Since when it was believed while somebody looked all the time: after a gap it counts anew. Null: written by an earlier kedge.</summary>
    public DateTimeOffset? WatchedSince { get; init; }
    public ImmutableArray<HealthRound> Rounds { get => field.IsDefault ? [] : field; init; }

    /// <summary>Where its services are, for the time when Keystone gives no token.</summary>
    public ImmutableSortedDictionary<string, Uri> Endpoints { get => field ?? ImmutableSortedDictionary<string, Uri>.Empty; init; }

    /// <summary>Of which nobody has looked yet.</summary>
    public static SiteHealth Begin(string site, DateTimeOffset now) => new() { Site = site, State = SiteState.Unknown, Since = now };

    /// <summary>After one more round. A pure function: the same rounds always lead to the same state.</summary>
    public SiteHealth After(HealthRound round, HealthRules rules)
    {
        var rounds = Rounds.Add(round);
        var next = NextState(rounds, rules);
        return this with
        {
            Rounds = rounds.Length > MostRounds ? rounds[^MostRounds..] : rounds,
            State = next,
            Since = next == State ? Since : round.At,
            WatchedSince = next == State && WatchedSince is { } since && !IsGap(Rounds.LastOrDefault(), round, rules) ? since : round.At,
        };
    }

    SiteState NextState(ImmutableArray<HealthRound> rounds, HealthRules rules)
    {
        var views = InARow(rounds, rules).Select(round => StateOf(round.ViewBy(rules))).ToList();
        // The first look at a site that lives is believed at once; nothing else is.
        if (Rounds.IsEmpty)
            return views[0] is SiteState.Up or SiteState.Degraded ? views[0] : SiteState.Unknown;
        var worse = views.TakeWhile(view => view > State).Take(rules.WorseAfter).ToList();
        if (worse.Count == rules.WorseAfter)
            return worse.Min();
        var better = views.TakeWhile(view => view < State).Take(rules.BetterAfter).ToList();
        return better.Count == rules.BetterAfter ? better.Max() : State;
    }

    static bool IsGap(HealthRound? before, HealthRound round, HealthRules rules) => before is null || round.At - before.At > rules.Gap;

    /// <summary>Newest first.</summary>
    static IEnumerable<HealthRound> InARow(ImmutableArray<HealthRound> rounds, HealthRules rules)
    {
        for (var i = rounds.Length - 1; i >= 0; i--)
        {
            yield return rounds[i];
            if (i > 0 && IsGap(rounds[i - 1], rounds[i], rules))
                yield break;
        }
    }

    static SiteState StateOf(SiteView view) => view switch
    {
        SiteView.Well => SiteState.Up,
        SiteView.Partly => SiteState.Degraded,
        SiteView.Nothing => SiteState.Silent,
        _ => SiteState.Unknown,
    };
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SiteHealth))]
[JsonSerializable(typeof(SiteSighting))]
public sealed partial class HealthJson : JsonSerializerContext;
