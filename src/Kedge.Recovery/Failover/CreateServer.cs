using System.Collections.Immutable;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using AttachedVolume = Kedge.Recovery.Blueprints.AttachedVolume;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A server from its ports and its disks, found again by the mark in its metadata. It is done when the server is up; when the server is in
/// error, the step says what Nova says.
/// </summary>
/// <param name="Volumes">The disks it is booted with, in the order in which the guest sees them.</param>
/// <param name="RootDisk">Image at the target with its root disk as it was at the point; null: it boots from a volume.</param>
/// <param name="KeyName">Null: it had none, or its key could not be captured.</param>
/// <param name="AvailabilityZone">Null: the scheduler's choice.</param>
public sealed record CreateServer(
    string Site, ServerBlueprint Server, ImmutableArray<AttachedVolume> Volumes, string? RootDisk, string? KeyName, string? AvailabilityZone, Counterparts Targets)
    : RecoveryStep
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    public override string Title => $"Start server {Server.Name}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Compute(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public override TimeSpan Expected => TimeSpan.FromSeconds(30);

    public override TimeSpan Deadline => TimeSpan.FromMinutes(30);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var nova = sites[Site].Tenant.Compute;
        var (server, isCellDown) = await FindAsync(nova, Mark.Of(run), cancel);
        if (server is null && isCellDown)
            return new StepOutcome.NotYet($"a cell of {Site} that is down: whether {Server.Name} was made there cannot be seen", Look);
        if (server is null)
        {
            await nova.CreateServerAsync(Described(run), cancel);
            return new StepOutcome.NotYet($"server {Server.Name} to become ACTIVE", Look);
        }
        return server.Status switch
        {
            ServerStatus.Error => Failed(server),
            ServerStatus.Build or ServerStatus.Rebuild or ServerStatus.Unknown or ServerStatus.Unrecognized =>
                new StepOutcome.NotYet($"server {Server.Name} to become ACTIVE", Look),
            _ => new Made(server.Id.Value) { NotAsCaptured = Differences() }.Done($"server {Server.Name} is {server.Id}, {server.Status}"),
        };
    }

    static async Task<(Server? Oldest, bool IsCellDown)> FindAsync(ComputeClient nova, Mark mark, CancellationToken cancel)
    {
        Server? oldest = null;
        var isCellDown = false;
        await foreach (var server in nova.ListServersAsync(new ServerFilter { Metadata = mark.Metadata }, cancel))
        {
            isCellDown |= server.IsPartial;
            var isOurs = mark.IsOn(server.Metadata) && server.Status is not (ServerStatus.Deleted or ServerStatus.SoftDeleted);
            if (isOurs && (oldest is null || (server.Created, server.Id.Value).CompareTo((oldest.Created, oldest.Id.Value)) < 0))
                oldest = server;
        }
        return (oldest, isCellDown);
    }

    NewServer Described(StepRun run) => new()
    {
        Name = Server.Name,
        Flavor = new FlavorId(Targets.IdIn(run, Server.Flavor!.Value)),
        Ports = [.. Server.Ports.Select(p => new ServerPort(new PortId(Targets.IdIn(run, p.Port)), p.Tag))],
        Image = RootDisk is null ? null : new ImageId(RootDisk),
        BlockDevices = [.. RootDisk is null ? [] : new[] { BlockDevice.OfImage(new ImageId(RootDisk)) }, .. Volumes.Select(v => DeviceOf(run, v))],
        UserData = Server.UserData,
        ConfigDrive = Server.ConfigDrive ? true : null,
        Metadata = Server.Metadata.AddRange(Mark.Of(run).Metadata),
        Tags = Server.Tags is [] ? null : Server.Tags,
        Hostname = string.IsNullOrEmpty(Server.Hostname) ? null : Server.Hostname,
        Description = string.IsNullOrEmpty(Server.Description) ? null : Server.Description,
        KeyName = KeyName,
        AvailabilityZone = AvailabilityZone,
        DiskConfig = Server.DiskConfig,
        AccessIpv4 = string.IsNullOrEmpty(Server.AccessIpv4) ? null : Server.AccessIpv4,
        AccessIpv6 = string.IsNullOrEmpty(Server.AccessIpv6) ? null : Server.AccessIpv6,
        Group = Server.ServerGroup is { } group ? new ServerGroupId(Targets.IdIn(run, group)) : null,
    };

    BlockDevice DeviceOf(StepRun run, AttachedVolume volume) =>
        BlockDevice.OfVolume(new VolumeId(Targets.IdIn(run, volume.Volume)), volume.BootIndex ?? -1) with
        {
            DeleteOnTermination = volume.DeleteOnTermination,
            Tag = volume.Tag,
        };

    StepOutcome.Stop Failed(Server server)
    {
        var said = server.Fault?.Message ?? "Nova gives no reason";
        var isWithoutPlace = said.Contains("No valid host", StringComparison.OrdinalIgnoreCase);
        return new StepOutcome.Stop(
            $"Server {Server.Name} ({server.Id}) is in ERROR at {Site}: {said}",
            isWithoutPlace
                ? $"No host there takes it: look at free memory and cores, the flavor's extra specs, the availability zone and the server group's policy. Delete server {server.Id}, then resume the run: it is built anew."
                : $"See the log of nova-compute there. Delete server {server.Id}, then resume the run: it is built anew.");
    }

    ImmutableArray<string> Differences() =>
    [
        .. Server.KeyName is not null && KeyName is null ? new[] { $"Server {Server.Name} was started without its keypair {Server.KeyName}, which could not be captured; the disk has its keys." } : [],
        .. Server.TrustedImageCertificates is not [] ? new[] { $"Server {Server.Name} has no trusted image certificates: they are the source's key manager's." } : [],
        .. Server.SchedulerHints is { Count: > 0 } ? new[] { $"Server {Server.Name} was started without its scheduler hints {string.Join(", ", Server.SchedulerHints.Keys)}: they name what the source has." } : [],
        .. Server.AvailabilityZone is not null && AvailabilityZone is null ? new[] { $"Server {Server.Name} is where the scheduler put it: nothing stands for zone {Server.AvailabilityZone}." } : [],
    ];
}
