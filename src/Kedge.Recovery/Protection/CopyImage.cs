using Kedge.OpenStack;
using Kedge.OpenStack.Images;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>
/// Makes sure that the target has an image that servers of the workload were booted from: what is there with the same bytes is used, else it
/// is copied, under the same id where that was never used there.
/// </summary>
public sealed record CopyImage(string From, string To, ImageBlueprint Image) : RecoveryStep
{
    public override string Title => $"Copy image {Image.Name ?? Image.Id.Value} to {To}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Images(From), Steps.Lanes.Images(To)];

    /// <summary>At about 50 MB/s.</summary>
    public override TimeSpan Expected => TimeSpan.FromSeconds(2 + (Image.SizeBytes / 50e6));

    public override TimeSpan Deadline => TimeSpan.FromMinutes(30) + TimeSpan.FromSeconds(Image.SizeBytes / 2e6);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var (from, to) = (sites[From].Tenant, sites[To].Tenant);
        var source = await from.Images.GetImageAsync(new ImageId(Image.Id.Value), cancel);
        if (source.Status != ImageStatus.Active)
            return new StepOutcome.Stop(
                $"Image {Image.Name} ({Image.Id}) at {From} is in state {source.Status}: it cannot be read.", "Make it active, or take the servers that use it out of the workload.");
        if (await FindThereAsync(to, source, cancel) is { } there)
            return Done($"{To} has it as {there.Id}.", there);

        var copying = new ImageCopying(from, to, run);
        var copy = await copying.FindOwnAsync(cancel) ?? await CreateAsync(to, run, cancel);
        if (copy.Status != ImageStatus.Active)
            (copy, source) = await copying.FillAsync(copy, source, cancel);
        if (copy.Status != ImageStatus.Active)
            return new StepOutcome.NotYet("the copy to become active", TimeSpan.FromSeconds(2));
        source = await copying.HashedAsync(source, cancel);
        if (ImageCopying.Difference(copy, source) is not { } difference)
            return Done($"Copied as {copy.Id}, hashes equal.", copy);
        await to.Images.DeleteImageAsync(copy.Id, cancel);
        return new StepOutcome.Stop(
            $"The copy of image {Image.Name} ({Image.Id}) at {To} is not what was sent: {difference}. It was deleted.", "Resume the run to copy it again; if it stays so, look into Glance's store at the target.");
    }

    /// <summary>By id or by the mark of an earlier copy, and only where the bytes are the same: another image may well have its name.</summary>
    async Task<Image?> FindThereAsync(Cloud to, Image source, CancellationToken cancel)
    {
        if (await to.Images.FindImageAsync(source.Id, cancel) is { Status: ImageStatus.Active } same && ImageCopying.Difference(same, source) is null)
            return same;
        var filter = new ImageFilter { Properties = new Dictionary<string, string> { [ImageCopying.SourceKey] = Image.Id.Value } };
        await foreach (var copy in to.Images.ListImagesAsync(filter, cancel))
        {
            if (copy.Status == ImageStatus.Active && ImageCopying.Difference(copy, source) is null)
                return copy;
        }
        return null;
    }

    async Task<Image> CreateAsync(Cloud to, StepRun run, CancellationToken cancel)
    {
        var properties = Mark.Of(run).Metadata.AddRange(Image.Properties).Add(ImageCopying.SourceKey, Image.Id.Value);
        var image = new NewImage
        {
            Name = Image.Name ?? Image.Id.Value,
            DiskFormat = Image.DiskFormat,
            ContainerFormat = Image.ContainerFormat,
            MinDiskGib = Image.MinDiskGib,
            MinRamMib = Image.MinRamMib,
            Visibility = "private",
            Tags = [.. Image.Tags],
            Properties = properties,
        };
        try
        {
            return await to.Images.CreateImageAsync(image with { Id = new ImageId(Image.Id.Value) }, cancel);
        }
        catch (OpenStackException e) when (e.Fault == Fault.Conflict)
        {
            // The id is taken, or was once: an id is used only once, for ever.
            return await to.Images.CreateImageAsync(image, cancel);
        }
    }

    StepOutcome.Done Done(string note, Image copy) => ProtectionJson.Done(
        note,
        new ImageCopied(new ImageCopy
        {
            Image = Image.Id,
            TargetImageId = copy.Id.Value,
            SizeBytes = copy.SizeBytes ?? 0,
            HashAlgorithm = copy.OsHashAlgorithm ?? "md5",
            HashValue = copy.OsHashValue ?? copy.Checksum ?? "",
        }),
        ProtectionJson.Default.ImageCopied);
}
