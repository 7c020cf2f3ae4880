using System.Collections.Immutable;
using System.Security.Cryptography;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Steps;
using Kedge.Sandbox;
using Kedge.Sandbox.Workloads;

namespace Kedge.Demo;

/// <summary>What stands on the disks of the demo's workload, by the name of the disk: read past every API, from the clouds' own storage.</summary>
static class DiskPrint
{
    /// <summary>More than the demo ever writes on a root disk.</summary>
    const int RootBytes = 4 * 1024 * 1024;

    public static ImmutableSortedDictionary<string, string> Of(SandboxCloud cloud, ThreeTierWorkload workload) =>
        Of(cloud, workload, id => id, id => id);

    /// <summary>Of what a failover made of them, by the journal.</summary>
    public static async Task<ImmutableSortedDictionary<string, string>> OfRestoredAsync(
        string path, SandboxCloud cloud, ThreeTierWorkload workload, TimeProvider clock, CancellationToken cancel)
    {
        await using var journal = await SqliteJournal.OpenAsync(Path.Combine(path, "data/kedge.db"), clock, cancel);
        RunState? state = null;
        await foreach (var run in journal.ListAsync(cancel))
        {
            if (run.Kind == FailoverRunbook.Kind)
                state = await journal.GetStateAsync(run.Run, cancel);
        }
        string MadeBy(string step) => Made.Of(state!.Steps[step])!.Id;
        return Of(cloud, workload, id => MadeBy(StepIds.Volume(new SourceId(id))), id => MadeBy(StepIds.Server(new SourceId(id))));
    }

    static ImmutableSortedDictionary<string, string> Of(
        SandboxCloud cloud, ThreeTierWorkload workload, Func<string, string> volumeOf, Func<string, string> serverOf)
    {
        var world = cloud.World;
        string Root(string server) => Convert.ToHexStringLower(SHA256.HashData(world.ReadServerDiskBytes(serverOf(server), 0, RootBytes)));
        return ImmutableSortedDictionary<string, string>.Empty
            .Add("db root volume", world.FingerprintVolume(volumeOf(workload.DbRootVolumeId)))
            .Add("db data volume", world.FingerprintVolume(volumeOf(workload.DbDataVolumeId)))
            .Add("app data volume", world.FingerprintVolume(volumeOf(workload.AppDataVolumeId)))
            .Add("app root disk", Root(workload.AppServerId))
            .Add("web root disk", Root(workload.WebServerId));
    }
}
