using Kedge.Contracts.V1;
using Kedge.Mediator.Desk;
using Kedge.Plans;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Protection;

namespace Kedge.Mediator.Api.Access;

/// <summary>
/// What a caller sees. A site is of one project; a workload is seen by who sees its source or its target; points and runs go with their
/// workload. What is not seen is not there: all that is told of it is what is told of nothing.
/// </summary>
sealed class TenantView(MediatorRecords records, SiteProjects projects, IJournal journal)
{
    public async Task<bool> SeesSiteAsync(Caller caller, string site, CancellationToken cancel) =>
        caller.SeesEverything || caller.Sees(await projects.FindAsync(site, cancel));

    public async Task<bool> SeesAsync(Caller caller, WorkloadDefinition workload, CancellationToken cancel) =>
        await SeesSiteAsync(caller, workload.From, cancel) || await SeesSiteAsync(caller, workload.To, cancel);

    public async Task<bool> SeesWorkloadAsync(Caller caller, string name, CancellationToken cancel) =>
        Recovery.Formats.RecordName.Is(name) && await records.Workloads.FindAsync(name, cancel) is { } workload
        && (await SeesSiteAsync(caller, workload.From, cancel) || await SeesSiteAsync(caller, workload.To, cancel));

    /// <summary>Runs of workloads go with the workload; those of sites and clusters are of no project.</summary>
    public async Task<bool> SeesRunAsync(Caller caller, string kind, string subject, CancellationToken cancel) =>
        caller.SeesEverything
        || (kind is ProtectRunbook.Kind or FailoverRunbook.Kind or CleanupRunbook.Kind && await SeesWorkloadAsync(caller, subject, cancel));

    /// <exception cref="ProblemException">There is none that the caller sees.</exception>
    public async Task DemandWorkloadAsync(Caller caller, string name, CancellationToken cancel)
    {
        if (!await SeesWorkloadAsync(caller, name, cancel))
            throw new ProblemException(ProblemCodes.NotFound, $"There is no workload {Told.Name(name)}.");
    }

    /// <inheritdoc cref="DemandWorkloadAsync"/>
    public async Task DemandSiteAsync(Caller caller, string name, CancellationToken cancel)
    {
        if (!Recovery.Formats.RecordName.Is(name) || await records.Sites.FindAsync(name, cancel) is null || !await SeesSiteAsync(caller, name, cancel))
            throw new ProblemException(ProblemCodes.NotFound, $"There is no site {Told.Name(name)}.");
    }

    /// <inheritdoc cref="DemandWorkloadAsync"/>
    public async Task<RunId> DemandRunAsync(Caller caller, string id, CancellationToken cancel)
    {
        if (!RunId.TryParse(id, out var run) || await journal.FindAsync(run, cancel) is not { } summary || !await SeesRunAsync(caller, summary.Kind, summary.Subject, cancel))
            throw new ProblemException(ProblemCodes.NotFound, $"There is no run {Told.Name(id)}.");
        return run;
    }

    /// <summary>
    /// Who writes a workload must see both its sites, or he could read another tenant's servers; and a name that had another life has points and
    /// runs, which are not his to inherit.
    /// </summary>
    /// <exception cref="ProblemException">He may not.</exception>
    public async Task DemandWritableAsync(Caller caller, string name, string from, string to, CancellationToken cancel)
    {
        if (caller.SeesEverything)
            return;
        foreach (var (field, site) in new[] { ("from", from), ("to", to) })
        {
            if (!Recovery.Formats.RecordName.Is(site) || !await SeesSiteAsync(caller, site, cancel))
                throw new ProblemException(ProblemCodes.Invalid, $"There is no site {Told.Name(site)}.") { Field = field };
        }
        if (await records.Workloads.FindAsync(name, cancel) is not null)
            await DemandWorkloadTakenAsync(caller, name, cancel);
        else if (await HadALifeAsync(name, cancel))
            throw new ProblemException(ProblemCodes.NameTaken, $"There was a workload {name} before, whose points or runs are still there: take another name, or ask an admin.") { Field = "name" };
    }

    async Task DemandWorkloadTakenAsync(Caller caller, string name, CancellationToken cancel)
    {
        if (!await SeesWorkloadAsync(caller, name, cancel))
            throw new ProblemException(ProblemCodes.NameTaken, $"The name {name} is taken.") { Field = "name" };
    }

    async Task<bool> HadALifeAsync(string name, CancellationToken cancel)
    {
        await foreach (var run in journal.ListAsync(new RunFilter { Subject = name, Most = 1 }, cancel))
            return true;
        return (await records.OpenRepositoryAsync(cancel)).Workloads().Contains(name, StringComparer.Ordinal);
    }
}

/// <summary>What somebody sent, in what he is told: short, and nothing but what can be printed.</summary>
static class Told
{
    const int Longest = 80;

    public static string Name(string text)
    {
        var plain = new string([.. text.Take(Longest).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
        return text.Length > Longest ? plain + "…" : plain;
    }
}
