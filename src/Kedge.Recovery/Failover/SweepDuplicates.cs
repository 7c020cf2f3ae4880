using System.Collections.Immutable;
using Kedge.Plans;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// The last look of a run: of what carries its mark more than once, the one that the journal names stays (it is the oldest, unless a cloud
/// listed late) and the others go. Two appear when an answer was lost and the cloud did not list yet what it had made. What carries another
/// run's mark, or none, is never touched.
/// </summary>
public sealed record SweepDuplicates(string Site, ImmutableSortedDictionary<string, string> StepsByMark) : RecoveryStep
{
    public const string StepId = "sweep";

    /// <summary>Imported backups carry no mark of the run, keypairs none at all, and rules are held against the captured set.</summary>
    static readonly MadeKind[] Kinds =
    [
        MadeKind.FloatingIp, MadeKind.Server, MadeKind.ServerGroup, MadeKind.Volume, MadeKind.Port, MadeKind.Router, MadeKind.Subnet, MadeKind.Network, MadeKind.SecurityGroup,
    ];

    public override string Title => $"Look for anything that was made twice at {Site}, and remove what is too much";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(3);

    internal static SweepDuplicates After(string site, IEnumerable<PlannedStep> steps) => new(
        site, ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, steps.Select(s => KeyValuePair.Create(s.Mark, s.Id))));

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var removed = 0;
        foreach (var kind in Kinds)
        {
            var seen = await MarkedResource.ListAsync(sites[Site].Tenant, kind, run.Mark, cancel).ToListAsync(cancel);
            foreach (var extra in seen.GroupBy(m => m.StepMark).SelectMany(same => TooMuch(run, same.Key, [.. same])))
            {
                await Removal.RemoveAsync(sites[Site], kind, extra.Id, cancel);
                removed++;
            }
        }
        return removed == 0
            ? new StepOutcome.Done("nothing was made twice")
            : new StepOutcome.NotYet("what was made twice to be gone", TimeSpan.FromSeconds(2));
    }

    IEnumerable<MarkedResource> TooMuch(StepRun run, string? stepMark, List<MarkedResource> same)
    {
        if (same.Count < 2 || stepMark is null || !StepsByMark.TryGetValue(stepMark, out var step))
            return [];
        var kept = Made.By(run, step);
        return same.Any(m => m.Id == kept) ? same.Where(m => m.Id != kept) : same.OrderBy(m => (m.Age, m.Id)).Skip(1);
    }
}
