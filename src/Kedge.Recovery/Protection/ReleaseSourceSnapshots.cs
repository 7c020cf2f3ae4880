using System.Collections.Immutable;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>Deletes the snapshots at the source that the point before had kept, now that this point has its own to tell differences from.</summary>
public sealed record ReleaseSourceSnapshots(string Site, ImmutableArray<string> Snapshots) : RecoveryStep
{
    public override string Title => $"Delete {Snapshots.Length} snapshots that the point before had kept";

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(3);

    public override TimeSpan Deadline => TimeSpan.FromMinutes(30);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var cinder = sites[Site].Tenant.BlockStorage;
        var left = 0;
        foreach (var id in Snapshots.Select(snapshot => new SnapshotId(snapshot)))
        {
            // One that is not marked is not ours, whatever a manifest says.
            if (await cinder.FindSnapshotAsync(id, cancel) is not { } snapshot || !snapshot.Metadata.ContainsKey(Mark.RunKey) || snapshot.Status is SnapshotStatus.ErrorDeleting)
                continue;
            left++;
            if (snapshot.Status is not SnapshotStatus.Deleting)
                await cinder.DeleteSnapshotAsync(id, cancel);
        }
        return left == 0 ? new StepOutcome.Done("They are gone.") : new StepOutcome.NotYet("the snapshots to be gone", TimeSpan.FromSeconds(1));
    }
}
