using System.Collections.Immutable;
using System.Text;

namespace Kedge.Recovery.Health;

/// <summary>
/// What fails open and what fails closed, as the code decides it: each row is put to the functions that decide, and what they answer is what
/// stands in docs/operate/fail-open-fail-closed.md. A test holds the page against this.
/// </summary>
public static class FailTable
{
    static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Two witnesses named, the mediator's own check passed, another site up, the policy on: what a row does not say.</summary>
    static readonly ImmutableArray<(string Situation, Func<Situation, Situation> Change)> Rows =
    [
        ("nothing of the site answers the mediator and both witnesses", s => s),
        ("the same, and no policy allows automation (as delivered)", s => s with { Policy = AutomationPolicy.Off }),
        ("the same, for less than the policy's time", s => s with { Rounds = 5 }),
        ("the same, but nobody looked for an hour in between", s => s with { Gap = TimeSpan.FromHours(1) }),
        ("one round of silence", s => s with { Rounds = 1 }),
        ("one witness still sees all of it", s => s with { Witnesses = [SiteView.Nothing, SiteView.Well] }),
        ("one witness sees a part of it", s => s with { Witnesses = [SiteView.Nothing, SiteView.Partly] }),
        ("Keystone is silent, Nova lives", s => s with { Own = SiteView.Partly, Witnesses = [SiteView.Partly, SiteView.Partly] }),
        ("one witness cannot be asked", s => s with { Witnesses = [SiteView.Nothing] }),
        ("no witness can be asked", s => s with { Witnesses = [] }),
        ("the mediator is cut off, witnesses see nothing", s => s with { Self = SelfCheck.Failed }),
        ("the mediator is cut off, a witness sees all of it", s => s with { Self = SelfCheck.Failed, Witnesses = [SiteView.Well] }),
        ("the mediator cannot check itself (no anchor, no other site)", s => s with { Self = SelfCheck.Untested }),
        ("no witness is named", s => s with { Witnesses = [], Named = 0 }),
        ("one witness is named", s => s with { Witnesses = [SiteView.Nothing], Named = 1 }),
        ("another site is silent too", s => s with { Other = SiteState.Silent }),
        ("another site is unknown", s => s with { Other = SiteState.Unknown }),
        ("no other site is up", s => s with { Other = SiteState.Degraded }),
        ("a site was declared lost an hour ago", s => s with { LastLoss = TimeSpan.FromHours(1) }),
        ("a site loss is under way", s => s with { IsOpen = true }),
    ];

    /// <summary>As a Markdown table.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder("| situation, after ten minutes of it | state | alarm | declared lost without a person |\n|---|---|---|---|\n");
        foreach (var (situation, change) in Rows)
        {
            var (health, decision) = Put(change(new Situation()));
            var alarm = health.State is SiteState.Up ? "no" : "yes";
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {situation} | {health.State} | {alarm} | {(decision.Begins ? "**yes**" : $"no: {string.Join("; ", decision.Against)}")} |\n");
        }
        return text.ToString();
    }

    static (SiteHealth, AutomationDecision) Put(Situation situation)
    {
        var rules = new HealthRules();
        var health = SiteHealth.Begin("A", Noon).After(RoundOf(new Situation { Own = SiteView.Well, Witnesses = [SiteView.Well, SiteView.Well] }, Noon), rules);
        var at = Noon;
        for (var i = 0; i < situation.Rounds; i++)
            health = health.After(RoundOf(situation, at += i == situation.Rounds - 1 ? HealthRules.Interval + situation.Gap : HealthRules.Interval), rules);
        var other = SiteHealth.Begin("B", Noon) with { State = situation.Other };
        return (health, SiteLossAutomation.Decide(new AutomationQuestion(at, health, [other], situation.Policy, rules, at - situation.LastLoss, situation.IsOpen)));
    }

    static HealthRound RoundOf(Situation situation, DateTimeOffset at) => new()
    {
        At = at,
        Self = situation.Self,
        Own = Sighting("mediator", situation.Own, at),
        Witnesses = [.. situation.Witnesses.Select((view, i) => Sighting($"w{i + 1}", view, at))],
        WitnessesNamed = situation.Named,
    };

    internal static SiteSighting Sighting(string observer, SiteView view, DateTimeOffset at) => new()
    {
        Site = "A",
        Observer = observer,
        At = at,
        Services =
        [
            new("identity", view is SiteView.Well ? ServiceAnswer.Answers : view is SiteView.CannotTell ? ServiceAnswer.NotAsked : ServiceAnswer.Silent, TimeSpan.Zero, null),
            new("compute", view is SiteView.Well or SiteView.Partly ? ServiceAnswer.Answers : view is SiteView.CannotTell ? ServiceAnswer.NotAsked : ServiceAnswer.Silent, TimeSpan.Zero, null),
        ],
    };

    sealed record Situation
    {
        public SiteView Own { get; init; } = SiteView.Nothing;
        public ImmutableArray<SiteView> Witnesses { get; init; } = [SiteView.Nothing, SiteView.Nothing];
        public int Named { get; init; } = 2;
        public SelfCheck Self { get; init; } = SelfCheck.Passed;
        public SiteState Other { get; init; } = SiteState.Up;
        public AutomationPolicy Policy { get; init; } = new() { IsOn = true };
        public TimeSpan? LastLoss { get; init; }
        public bool IsOpen { get; init; }

        /// <summary>Before the last round.</summary>
        public TimeSpan Gap { get; init; }

        /// <summary>Of which three pass before a state is believed: with these it was believed for ten minutes.</summary>
        public int Rounds { get; init; } = 23;
    }
}
