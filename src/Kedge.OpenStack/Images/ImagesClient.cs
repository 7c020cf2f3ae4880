using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Kedge.OpenStack.Http;

namespace Kedge.OpenStack.Images;

/// <summary>Glance v2. Every method throws <see cref="OpenStackException"/> when the call fails. <c>https://docs.openstack.org/api-ref/image/v2/</c></summary>
public sealed class ImagesClient
{
    const int PieceBytes = 1 << 20;

    readonly Endpoint glance;
    readonly ImageBody bodies;

    internal ImagesClient(Endpoint glance)
    {
        this.glance = glance;
        bodies = new(glance);
    }

    /// <summary>An image. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Image> GetImageAsync(ImageId id, CancellationToken cancel) => ImageJson.Read(glance, await glance.ReadJsonAsync(Request.Get($"images/{id}"), cancel));

    /// <summary>An image; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Image?> FindImageAsync(ImageId id, CancellationToken cancel) =>
        await glance.FindJsonAsync(Request.Get($"images/{id}"), cancel) is { } json ? ImageJson.Read(glance, json) : null;

    /// <summary>The images.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public async IAsyncEnumerable<Image> ListImagesAsync(ImageFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var query = new Query { ["owner"] = filter.Owner?.Value, ["name"] = filter.Name, ["visibility"] = filter.Visibility };
        foreach (var tag in filter.Tags)
            query["tag"] = tag;
        foreach (var (name, value) in filter.Properties)
            query[name] = value;
        await foreach (var page in glance.PagesAsync(Request.List($"images").Where(query), "images", cancel))
        {
            foreach (var item in page.EnumerateArray())
                yield return ImageJson.Read(glance, item);
        }
    }

    /// <summary>Creates an image without bytes. An id that was ever used is <see cref="Fault.Conflict"/>.</summary>
    /// <param name="image">What to create.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Image> CreateImageAsync(NewImage image, CancellationToken cancel) =>
        ImageJson.Read(glance, await glance.ReadJsonAsync(Request.Post($"images").With(ImageJson.Write(image)), cancel));

    /// <summary>Sends the bytes of an image, without holding them, and compares the cloud's hash with what was sent.</summary>
    /// <param name="id">Which.</param>
    /// <param name="content">The bytes, from where it stands to its end.</param>
    /// <param name="length">How many they are; null when not known.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What was sent. Throws <see cref="Fault.Corrupt"/> when the cloud has other bytes.</returns>
    public Task<ImageTransfer> UploadAsync(ImageId id, Stream content, long? length, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(content);
        return bodies.UploadAsync(id, content, length, cancel);
    }

    /// <summary>Writes the bytes of an image to a stream, without holding them, and checks them against the image's hash on the way.</summary>
    /// <param name="id">Which.</param>
    /// <param name="target">Where to write.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What was received. Throws <see cref="Fault.Corrupt"/> after the last byte when the hash is another: then throw away what was written.</returns>
    public async Task<ImageTransfer> DownloadAsync(ImageId id, Stream target, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(target);
        await using var image = await bodies.OpenAsync(await GetImageAsync(id, cancel), cancel);
        await image.CopyToAsync(target, PieceBytes, cancel);
        return image.Received ?? throw new System.Diagnostics.UnreachableException("An image ended without its end.");
    }

    /// <summary>The bytes of an image as a stream that is read while they arrive; its end is reached only when the hash is right, otherwise it throws <see cref="Fault.Corrupt"/> there.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Stream> OpenAsync(ImageId id, CancellationToken cancel) => await bodies.OpenAsync(await GetImageAsync(id, cancel), cancel);

    /// <summary>Sets and removes properties of an image.</summary>
    /// <param name="id">Which.</param>
    /// <param name="properties">Property to value; null removes it.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Image> UpdateImageAsync(ImageId id, IReadOnlyDictionary<string, string?> properties, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(properties);

        // Glance refuses to add what is there and to replace or remove what is not, so it has to be asked first.
        var before = await glance.ReadJsonAsync(Request.Get($"images/{id}"), cancel);
        var changes = new JsonArray();
        foreach (var (name, value) in properties)
        {
            var path = "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
            var isThere = before.TryGetProperty(name, out _);
            if (value is not null)
                changes.Add(new JsonObject { ["op"] = isThere ? "replace" : "add", ["path"] = path, ["value"] = value });
            else if (isThere)
                changes.Add(new JsonObject { ["op"] = "remove", ["path"] = path });
        }

        return changes.Count == 0
            ? ImageJson.Read(glance, before)
            : ImageJson.Read(glance, await glance.ReadJsonAsync(Request.Patch($"images/{id}").With(changes, "application/openstack-images-v2.1-json-patch"), cancel));
    }

    /// <summary>Adds a tag to an image.</summary>
    /// <param name="id">Which.</param>
    /// <param name="tag">The tag.</param>
    /// <param name="cancel">Gives up.</param>
    public Task AddTagAsync(ImageId id, string tag, CancellationToken cancel) => glance.SendAsync(Request.Put($"images/{id}/tags/{tag}"), cancel);

    /// <summary>Removes a tag from an image; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="tag">The tag.</param>
    /// <param name="cancel">Gives up.</param>
    public Task RemoveTagAsync(ImageId id, string tag, CancellationToken cancel) => glance.DeleteAsync(Request.Delete($"images/{id}/tags/{tag}"), cancel);

    /// <summary>Deletes an image; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteImageAsync(ImageId id, CancellationToken cancel) => glance.DeleteAsync(Request.Delete($"images/{id}"), cancel);
}
