using System.Collections.Immutable;

namespace Kedge.Recovery.Health;

/// <summary>Whether a silent site may be declared lost without a person, and when. Off unless somebody turned it on for that site.</summary>
public sealed record AutomationPolicy
{
    public static AutomationPolicy Off { get; } = new();

    public bool IsOn { get; init; }

    /// <summary>How long a site must have been seen silent, without a gap in which nobody looked.</summary>
    public TimeSpan SilentFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>After a site loss nothing is begun without a person for so long: never more than one site.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromHours(24);
}

/// <summary>All that is known when it is decided whether to begin without a person.</summary>
/// <param name="Site">The one that may be lost.</param>
/// <param name="Others">Every other site.</param>
/// <param name="LastSiteLoss">When the last site loss, of any site, was declared or ended, whichever is later; null: never.</param>
/// <param name="IsSiteLossOpen">One is under way, or waits for a person.</param>
public sealed record AutomationQuestion(
    DateTimeOffset Now, SiteHealth Site, ImmutableArray<SiteHealth> Others, AutomationPolicy Policy, HealthRules Rules, DateTimeOffset? LastSiteLoss, bool IsSiteLossOpen);

/// <param name="Against">Why nothing is begun; empty: it is.</param>
public sealed record AutomationDecision(ImmutableArray<string> Against)
{
    public bool Begins => Against.IsEmpty;
}

/// <summary>Decides whether a site is declared lost without a person: only where every one of these reasons against it is absent.</summary>
public static class SiteLossAutomation
{
    /// <summary>The mediator and two witnesses: of fewer, one that errs is a majority.</summary>
    public const int FewestObservers = 3;

    public static AutomationDecision Decide(AutomationQuestion question)
    {
        var (now, site, rules) = (question.Now, question.Site, question.Rules);
        var last = site.Rounds.LastOrDefault();
        return new AutomationDecision([.. Against()]);

        IEnumerable<string> Against()
        {
            if (!question.Policy.IsOn)
                yield return "no policy allows it: a person decides";
            if (site.State is not SiteState.Silent)
                yield return $"the site is {site.State}, not Silent";
            else if (site.WatchedSince is not { } since || now - since < question.Policy.SilentFor)
                yield return "it has not been seen silent for long enough";
            if (last is null || now - last.At > rules.Fresh || now < last.At)
                yield return "nobody has looked at it lately";
            else
            {
                foreach (var reason in AgainstRound(last, rules))
                    yield return reason;
            }
            if (question.Others.Any(other => other.State is SiteState.Silent or SiteState.Unknown))
                yield return "another site does not answer either: never more than one site, and perhaps it is us";
            if (!question.Others.Any(other => other.State is SiteState.Up))
                yield return "no other site is up that could take its workloads";
            if (question.IsSiteLossOpen)
                yield return "a site loss is under way";
            else if (question.LastSiteLoss is { } before && now - before < question.Policy.Rest)
                yield return "a site was declared lost lately: never more than one site";
        }
    }

    static IEnumerable<string> AgainstRound(HealthRound round, HealthRules rules)
    {
        if (round.Self is not SelfCheck.Passed)
            yield return round.Self is SelfCheck.Failed ? "the mediator is cut off itself" : "the mediator cannot check whether it is cut off itself";
        if (round.Observers < FewestObservers)
            yield return $"{round.Observers} observers are no quorum: {FewestObservers} are needed at least";
        var counting = round.Counting(rules).ToList();
        if (counting.Any(seen => seen.View is not SiteView.Nothing))
            yield return "somebody sees a sign of life";
        if (counting.Select(seen => seen.Observer).Distinct(StringComparer.Ordinal).Count() * 2 <= round.Observers)
            yield return "no majority of the observers has looked and seen nothing";
    }
}
