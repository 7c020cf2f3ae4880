using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.OpenStack.Http;

namespace Kedge.OpenStack.Images;

/// <summary>Glance v2. Every method throws <see cref="OpenStackException"/> when the call fails. <c>https://docs.openstack.org/api-ref/image/v2/</c></summary>
public sealed class ImagesClient
{
    readonly Endpoint glance;

    internal ImagesClient(Endpoint glance) => this.glance = glance;

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
    public IAsyncEnumerable<Image> ListImagesAsync(ImageFilter filter, CancellationToken cancel) => throw new NotImplementedException();

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
    public Task<ImageTransfer> UploadAsync(ImageId id, Stream content, long? length, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Writes the bytes of an image to a stream, without holding them, and checks them against the image's hash on the way.</summary>
    /// <param name="id">Which.</param>
    /// <param name="target">Where to write.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What was received. Throws <see cref="Fault.Corrupt"/> after the last byte when the hash is another: then throw away what was written.</returns>
    public Task<ImageTransfer> DownloadAsync(ImageId id, Stream target, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>The bytes of an image as a stream that is read while they arrive; its end is reached only when the hash is right, otherwise it throws <see cref="Fault.Corrupt"/> there.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Stream> OpenAsync(ImageId id, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Sets and removes properties of an image.</summary>
    /// <param name="id">Which.</param>
    /// <param name="properties">Property to value; null removes it.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Image> UpdateImageAsync(ImageId id, IReadOnlyDictionary<string, string?> properties, CancellationToken cancel) => throw new NotImplementedException();

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
