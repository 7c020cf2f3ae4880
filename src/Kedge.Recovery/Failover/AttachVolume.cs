using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using AttachedVolume = Kedge.Recovery.Blueprints.AttachedVolume;

namespace Kedge.Recovery.Failover;

/// <summary>A volume of several servers (multiattach): restored once, attached to each after it is up.</summary>
public sealed record AttachVolume(string Site, SourceId Server, string ServerName, AttachedVolume Volume, Counterparts Targets) : RecoveryStep
{
    public override string Title => $"Attach shared volume {Volume.Volume} to {ServerName}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Compute(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public override TimeSpan Expected => TimeSpan.FromSeconds(5);

    public static string IdOf(SourceId server, SourceId volume) => $"attach/{server}/{volume}";

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var cloud = sites[Site].Tenant;
        var server = new ServerId(Targets.IdIn(run, Server));
        var volume = new VolumeId(Targets.IdIn(run, Volume.Volume));
        var isThere = false;
        await foreach (var attachment in cloud.Compute.ListVolumeAttachmentsAsync(server, cancel))
            isThere |= attachment.VolumeId == volume;
        if (!isThere)
            await cloud.Compute.AttachVolumeAsync(
                server, new NewVolumeAttachment(volume) { Tag = Volume.Tag, Lifetime = Volume.DeleteOnTermination ? VolumeLifetime.DiesWithServer : VolumeLifetime.OutlivesServer }, cancel);
        return (await cloud.BlockStorage.GetVolumeAsync(volume, cancel)).Status is VolumeStatus.InUse
            ? new StepOutcome.Done($"volume {volume} is attached to {ServerName}")
            : new StepOutcome.NotYet($"volume {volume} to be attached to {ServerName}", TimeSpan.FromSeconds(1));
    }
}
