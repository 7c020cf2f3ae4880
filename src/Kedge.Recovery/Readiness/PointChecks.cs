using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Images;
using Kedge.Plans;
using Kedge.Recovery.Points;

namespace Kedge.Recovery.Readiness;

/// <summary>Is the point young enough, whole, and is what it needs at the target still there?</summary>
static class PointChecks
{
    public static void Judge(Findings findings, DateTimeOffset now)
    {
        var (point, blueprint, workload) = (findings.Point, findings.Blueprint, findings.Question.Workload);
        var resource = $"point {point.Id}";
        if (now - point.DataAt is { } age && age > workload.Rpo)
            findings.Warns(ReasonCodes.PointTooOld, resource, $"Its data is {PlanText.Say(age)} old; {PlanText.Say(workload.Rpo)} were promised.", $"kedge protect {workload.Name}, and look why its schedule did not");
        if (point.TargetSite != findings.To.Name)
            findings.Blocks(ReasonCodes.PointIncomplete, resource, $"It was made for site {point.TargetSite}, not for {findings.To.Name}.", "Protect the workload to this site.");

        var copies = point.Volumes.ToDictionary(copy => copy.Volume);
        foreach (var volume in blueprint.Volumes)
        {
            var isThere = copies.TryGetValue(volume.Id, out var copy);
            if (isThere && copy!.Blocks is not null)
                continue;
            if (volume.IsEncrypted)
                findings.Blocks(ReasonCodes.Encrypted, $"volume {volume.Name} ({volume.Id})", "It is encrypted: its backup needs the key and the volume type of the cloud it came from.", "No backup of it can be restored elsewhere: move its data to a type without encryption, or take its server out of the workload.");
            else if (!isThere || copy!.Chain.IsEmpty || copy.Chain[0].ParentId is not null)
                findings.Blocks(ReasonCodes.PointIncomplete, $"volume {volume.Name} ({volume.Id})", $"Point {point.Id} holds no whole chain of backups of it.", $"kedge protect {workload.Name}");
        }
        if (findings.To.Movers is null && copies.Values.Where(copy => copy.Blocks is not null).ToList() is { Count: > 0 } inBlocks)
            findings.Blocks(ReasonCodes.MoversMissing, $"site {findings.To.Name}", $"{inBlocks.Count} volumes of point {point.Id} lie in blocks, and the site has no movers to fill volumes from them.", $"kedge site set {findings.To.Name} --mover-host HOST, and start a mover there.");
        foreach (var server in blueprint.Servers.Where(server => server.Image is not null && point.Images.All(image => image.RootDiskOf != server.Id)))
            findings.Blocks(ReasonCodes.PointIncomplete, $"server {server.Name} ({server.Id})", $"Point {point.Id} holds no copy of its root disk.", $"kedge protect {workload.Name}");
        // The same field of a thousand servers has one reason.
        foreach (var same in blueprint.Unreadable.GroupBy(field => (field.Resource, field.Field, field.Why)))
        {
            var others = same.Count() > 1 ? $" and {same.Count() - 1} more" : "";
            findings.Warns(ReasonCodes.Unreadable, $"{same.Key.Resource} {same.First().Id}{others}", $"{same.Key.Field} was not captured: {same.Key.Why}.", "Give the source site what is missing and protect again; else it is not restored.");
        }
    }

    public static async Task AskImagesAsync(Findings findings, CancellationToken cancel)
    {
        foreach (var copy in findings.Point.Images)
        {
            var (resource, isRoot) = ResourceOf(copy);
            var image = await findings.To.Tenant.Images.FindImageAsync(new ImageId(copy.TargetImageId), cancel);
            if (Wrong(copy, image) is not { } wrong)
                continue;
            var whatToDo = $"kedge protect {findings.Question.Workload.Name} copies it again";
            // A server comes back from the copy of its root disk; the image it once came from is for a later rebuild.
            if (isRoot)
                findings.Blocks(wrong.Code, resource, wrong.What, whatToDo);
            else
                findings.Warns(wrong.Code, resource, wrong.What, whatToDo);
        }
    }

    /// <summary>Without its standby a volume is filled from the repository, which holds all of it: slower than was promised, and no less.</summary>
    public static async Task AskStandbysAsync(Findings findings, CancellationToken cancel)
    {
        foreach (var copy in findings.Point.Volumes)
        {
            if (copy.Blocks?.Standby is not { } standby)
                continue;
            var snapshot = await findings.To.Tenant.BlockStorage.FindSnapshotAsync(new SnapshotId(standby.Snapshot), cancel);
            if (snapshot?.Status is not SnapshotStatus.Available)
                findings.Warns(
                    ReasonCodes.StandbyMissing, $"volume {copy.Volume}",
                    $"The snapshot {standby.Snapshot} of its standby {(snapshot is null ? "is not at the target any more" : $"is in state {snapshot.Status}")}: a failover fills an empty volume of {copy.SizeGib} GiB instead of cloning it.",
                    $"kedge protect {findings.Question.Workload.Name} makes the standby again");
        }
    }

    static (string Resource, bool IsRoot) ResourceOf(ImageCopy copy) => copy.RootDiskOf is { } server
        ? ($"root disk of server {server}", true)
        : ($"image {copy.Image}", false);

    static (string Code, string What)? Wrong(ImageCopy copy, Image? image)
    {
        if (image is null)
            return (ReasonCodes.ImageMissing, $"Its copy {copy.TargetImageId} is not at the target any more.");
        if (image.Status != ImageStatus.Active)
            return (ReasonCodes.ImageNotActive, $"Its copy {copy.TargetImageId} is in state {image.Status}.");
        var hash = copy.HashAlgorithm == image.OsHashAlgorithm ? image.OsHashValue : copy.HashAlgorithm == "md5" ? image.Checksum : null;
        return hash == copy.HashValue
            ? null
            : (ReasonCodes.ImageDiffers, $"Its copy {copy.TargetImageId} has {image.OsHashAlgorithm} {image.OsHashValue}, copied was {copy.HashAlgorithm} {copy.HashValue}.");
    }
}
