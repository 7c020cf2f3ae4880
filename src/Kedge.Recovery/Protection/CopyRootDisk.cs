using Kedge.OpenStack;
using Kedge.OpenStack.Images;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>
/// Copies the root disk of an image-booted server, as the snapshot step imaged it, into the target's Glance: hidden and private, with the
/// properties by which it boots as the original did.
/// </summary>
/// <param name="DiskGib">Root disk of its flavor, for the expected time; the image is usually smaller.</param>
public sealed record CopyRootDisk(string From, string To, string Workload, SourceId Server, string ServerName, int DiskGib) : RecoveryStep
{
    public override string Title => $"Copy the root disk of {ServerName} to {To}";

    public override IEnumerable<string> Needs => [ProtectStepIds.Snapshot];

    public override IEnumerable<string> Lanes => [Steps.Lanes.Images(From), Steps.Lanes.Images(To)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(5 + (DiskGib * 20.0));

    public override TimeSpan Deadline => TimeSpan.FromHours(1) + TimeSpan.FromMinutes(10.0 * DiskGib);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var (from, to) = (sites[From].Tenant, sites[To].Tenant);
        var snapshot = run.ResultOf(ProtectStepIds.Snapshot, ProtectionJson.Default.SnapshotsTaken).RootDisks.First(root => root.Server == Server);
        var source = await from.Images.FindImageAsync(new ImageId(snapshot.Image), cancel);
        if (source is null or { Status: ImageStatus.Killed or ImageStatus.Deleted or ImageStatus.PendingDelete })
            return new StepOutcome.Stop(
                $"Nova gave up imaging the root disk of {ServerName} ({Server}): image {snapshot.Image} is gone or killed.",
                "Look for the reason in Nova's log at the source, then abandon this run and protect again.");
        if (source.Status != ImageStatus.Active)
            return new StepOutcome.NotYet("Nova to finish the image of the root disk", TimeSpan.FromSeconds(2));

        var copying = new ImageCopying(from, to, run);
        var copy = await copying.FindOwnAsync(cancel) ?? await CreateAsync(to, run, source, cancel);
        if (copy.Status != ImageStatus.Active)
            (copy, source) = await copying.FillAsync(copy, source, cancel);
        if (copy.Status != ImageStatus.Active)
            return new StepOutcome.NotYet("the copy to become active", TimeSpan.FromSeconds(2));
        source = await copying.HashedAsync(source, cancel);
        if (ImageCopying.Difference(copy, source) is not { } difference)
            return Done(copy, snapshot);
        await to.Images.DeleteImageAsync(copy.Id, cancel);
        return new StepOutcome.Stop(
            $"The copy of the root disk of {ServerName} ({Server}) at {To} is not what was sent: {difference}. It was deleted.",
            "Resume the run to copy it again; if it stays so, look into Glance's store at the target.");
    }

    Task<Image> CreateAsync(Cloud to, StepRun run, Image source, CancellationToken cancel) => to.Images.CreateImageAsync(
        new NewImage
        {
            Name = $"kedge-{Workload}-{ServerName}-root",
            DiskFormat = source.DiskFormat ?? "raw",
            ContainerFormat = source.ContainerFormat ?? "bare",
            MinDiskGib = source.MinDiskGib,
            MinRamMib = source.MinRamMib,
            Visibility = "private",
            IsHidden = true,
            Properties = PortableProperties.Split(source.Properties).Carried
                .AddRange(Mark.Of(run).Metadata)
                .Add(Disks.ServerKey, Server.Value),
        },
        cancel);

    StepOutcome.Done Done(Image copy, RootSnapshot snapshot) => ProtectionJson.Done(
        $"Copied as {copy.Id}, hashes equal.",
        new ImageCopied(new ImageCopy
        {
            RootDiskOf = Server,
            TargetImageId = copy.Id.Value,
            SizeBytes = copy.SizeBytes ?? 0,
            HashAlgorithm = copy.OsHashAlgorithm ?? "md5",
            HashValue = copy.OsHashValue ?? copy.Checksum ?? "",
            DataAt = snapshot.At,
        }),
        ProtectionJson.Default.ImageCopied);
}
