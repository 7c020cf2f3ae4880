using Kedge.Mediator.Running;
using Kedge.Mediator.Schedules;
using Kedge.Mediator.Settings;
using Kedge.Mediator.Watch;
using Kedge.Plans;
using Kedge.Recovery.Health;
using Kedge.Recovery.SiteLoss;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Health;

/// <summary>
/// Declares a silent site lost without a person, where settings allow it for that site and every reason against it is absent
/// (<see cref="SiteLossAutomation"/>, docs/operate/fail-open-fail-closed.md). One mediator of several decides.
/// </summary>
sealed partial class SiteLossWatch(
    MediatorRecords records, MediatorSettings settings, HealthWatch health, IJournal journal, MediatorDesk desk, Leader leader, Timetable timetable, string own, TimeProvider clock, ILogger log)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    readonly Dictionary<string, string> told = new(StringComparer.Ordinal);

    public async Task TurnAsync(CancellationToken cancel)
    {
        if (settings.AutomaticLoss.IsEmpty || !await leader.IsItAsync(cancel))
            return;
        foreach (var (site, silentFor) in settings.AutomaticLoss)
        {
            if (health.Find(site) is not { } seen)
                continue;
            var decision = SiteLossAutomation.Decide(await QuestionAsync(seen, silentFor, cancel));
            if (decision.Begins)
                await BeginAsync(seen, cancel);
            else if (seen.State is SiteState.Silent)
                Tell(site, string.Join("; ", decision.Against));
        }
    }

    async Task<AutomationQuestion> QuestionAsync(SiteHealth seen, TimeSpan silentFor, CancellationToken cancel)
    {
        // Of one that nobody looked at nothing is known, which is a reason against it.
        var others = records.Sites.Names().Where(name => name != seen.Site).Select(name => health.Find(name) ?? SiteHealth.Begin(name, clock.GetUtcNow()));
        DateTimeOffset? last = null;
        var isOpen = false;
        await foreach (var loss in journal.ListAsync(new RunFilter { Kind = SiteLossRunbook.Kind }, cancel))
        {
            isOpen |= !loss.IsEnded;
            var at = loss.IsEnded ? loss.LastEventAt : loss.AcceptedAt;
            last = last is null || at > last ? at : last;
        }
        return new AutomationQuestion(
            clock.GetUtcNow(), seen, [.. others], new AutomationPolicy { IsOn = true, SilentFor = silentFor }, health.Rules, last, isOpen);
    }

    async Task BeginAsync(SiteHealth seen, CancellationToken cancel)
    {
        var preview = await SiteLossPreview.OfAsync(await desk.OpenAsync(cancel), seen.Site, cancel);
        if (!preview.Begun(isForced: false).Any())
        {
            Tell(seen.Site, "there is nothing to recover of it");
            return;
        }
        var round = seen.Rounds[^1];
        var reason = $"silent since {seen.Since:yyyy-MM-dd'T'HH:mm:ss'Z'}; {round.Counting(health.Rules).Count()} of {round.Observers} observers looked, and nobody saw a sign of life";
        var run = RunId.Create(clock);
        try
        {
            await journal.BeginAsync(run, SiteLossRunbook.Write(preview, new SiteLossRequest(reason, $"automation at {settings.Name}")), SiteLossRunbook.ExclusiveKey(seen.Site), own, cancel);
        }
        catch (RunConflictException)
        {
            // Somebody was quicker: the next look sees that run.
            return;
        }
        LogBegun(seen.Site, run, reason);
        await timetable.ScheduleRunAsync(run, cancel);
    }

    /// <summary>Said again only when the reasons are others.</summary>
    void Tell(string site, string against)
    {
        if (told.TryGetValue(site, out var before) && before == against)
            return;
        told[site] = against;
        LogNotBegun(site, against);
    }

    [LoggerMessage(3604, LogLevel.Critical, "Site {Site} is declared lost without a person, as the settings allow: run {Run}: {Reason}")]
    partial void LogBegun(string site, RunId run, string reason);

    [LoggerMessage(3605, LogLevel.Warning, "Site {Site} is silent and is not declared lost by itself: {Against}")]
    partial void LogNotBegun(string site, string against);
}
