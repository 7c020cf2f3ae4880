using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.OpenStack.Images;
using Kedge.Plans;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>Brings the bytes of an image from one cloud's Glance into another's: streamed, checked, found again after a crash.</summary>
sealed class ImageCopying(Cloud from, Cloud to, StepRun run)
{
    /// <summary>On a copy: the image it is a copy of.</summary>
    public const string SourceKey = "kedge_source_image";

    /// <summary>The copy that this step has begun or finished; what it began and cannot go on with is deleted on the way.</summary>
    public async Task<Image?> FindOwnAsync(CancellationToken cancel)
    {
        Image? own = null;
        await foreach (var image in MarkedResource.ImagesAsync(to, Mark.Of(run).Metadata, cancel))
            own = await BetterAsync(own, image, cancel);
        return own;
    }

    /// <summary>Sends the bytes into an image that has none yet; the client has the target's hash compared with what was sent.</summary>
    /// <returns>The copy, and the source with the hash of what was read from it, where the source's own cloud knows none.</returns>
    public async Task<(Image Copy, Image Source)> FillAsync(Image target, Image source, CancellationToken cancel)
    {
        await using var bytes = await from.Images.OpenAsync(source.Id, cancel);
        await using var watched = new WatchedStream(bytes, source.SizeBytes ?? 0, run);
        var sent = await to.Images.UploadAsync(target.Id, watched, source.SizeBytes, cancel);
        return (await to.Images.GetImageAsync(target.Id, cancel), With(source, sent));
    }

    /// <summary>
    /// The source with a hash. Glance knows none of an image that Nova made as a clone in the storage (RBD): such a one is read once more,
    /// unless it was just sent.
    /// </summary>
    public async Task<Image> HashedAsync(Image source, CancellationToken cancel) =>
        HasHash(source) ? source : With(source, await from.Images.DownloadAsync(source.Id, Stream.Null, cancel));

    static Image With(Image source, ImageTransfer read) =>
        HasHash(source) ? source : source with { OsHashAlgorithm = "sha512", OsHashValue = read.Sha512, SizeBytes = read.Bytes };

    static bool HasHash(Image image) => image.OsHashValue is { Length: > 0 } || image.Checksum is { Length: > 0 };

    /// <summary>Null where the two hold the same bytes by the hashes both clouds computed; otherwise what differs.</summary>
    public static string? Difference(Image copy, Image source)
    {
        if (copy.SizeBytes != source.SizeBytes)
            return $"it has {copy.SizeBytes} bytes, the source {source.SizeBytes}";
        if (copy.OsHashAlgorithm is { } algorithm && algorithm == source.OsHashAlgorithm)
            return copy.OsHashValue == source.OsHashValue ? null : $"its {algorithm} is {copy.OsHashValue}, the source's {source.OsHashValue}";
        return copy.Checksum is { } sum && sum == source.Checksum ? null : "the two clouds compute no hash in common that agrees";
    }

    async Task<Image?> BetterAsync(Image? own, Image found, CancellationToken cancel)
    {
        if (own?.Id == found.Id || !Mark.Of(run).IsOn(found.Properties))
            return own;
        switch (found.Status)
        {
            case ImageStatus.Active when own?.Status != ImageStatus.Active:
            case ImageStatus.Queued when own is null:
                if (own is not null)
                    await to.Images.DeleteImageAsync(own.Id, cancel);
                return found;
            case ImageStatus.Deleted or ImageStatus.PendingDelete:
                return own;
            default:
                // Cut off in the middle of its bytes: Glance takes no second upload into it. Or a second one, after a lost answer.
                await to.Images.DeleteImageAsync(found.Id, cancel);
                return own;
        }
    }
}
