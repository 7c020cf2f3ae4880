using Kedge.OpenStack.Http;

namespace Kedge.OpenStack.Images;

/// <summary>Moves the bytes of images, never more of them in memory than a piece.</summary>
internal sealed class ImageBody(Endpoint glance)
{
    public Connection Connection => glance.Connection;

    public async Task<ImageStream> OpenAsync(Image image, CancellationToken cancel)
    {
        var response = await glance.OpenAsync(Request.Get($"images/{image.Id}/file") with { IsAnswerStreamed = true }, cancel);
        try
        {
            return new(response, await response.Content.ReadAsStreamAsync(cancel), ImageHash.Of(image), this);
        }
        catch (IOException e)
        {
            response.Dispose();
            throw Failed(Fault.Unavailable, "the connection broke before the first byte", null, e);
        }
    }

    public async Task<(ImageTransfer Sent, string? Md5)> UploadAsync(ImageId id, Stream source, long? length, CancellationToken cancel)
    {
        using var hash = ImageHash.OfUpload();
        using var stalled = new CancellationTokenSource(Connection.Limits.StallTimeout, Connection.Clock);

        // After the last byte the cloud may need as long as a whole call to put it away.
        var content = new ImageContent(source, length, hash, () => stalled.CancelAfter(
            length is { } all && hash.Bytes >= all ? Connection.Limits.CallTimeout : Connection.Limits.StallTimeout));
        content.Headers.ContentType = new("application/octet-stream");
        var request = Request.Put($"images/{id}/file") with { Content = () => content, IsRepeatable = false, Stalled = stalled.Token };
        try
        {
            await glance.SendAsync(request, cancel);
        }
        catch (OpenStackException) when (content.SourceFailure is { } own)
        {
            throw new IOException($"The bytes for image {id} cannot be read: {own.Message}", own);
        }

        return (hash.End(), hash.Other);
    }

    /// <summary>What to throw when the cloud has other bytes than were sent; null when it has the same.</summary>
    public OpenStackException? Difference(Image image, ImageTransfer sent, string? md5) => image switch
    {
        { OsHashAlgorithm: "sha512", OsHashValue: { Length: > 0 } theirs } when !Same(theirs, sent.Sha512) => Differs(image),
        { Checksum: { Length: > 0 } theirs } when md5 is not null && !Same(theirs, md5) => Differs(image),
        { SizeBytes: { } bytes } when bytes != sent.Bytes => Differs(image),
        _ => null,
    };

    public OpenStackException Failed(Fault fault, string what, HttpResponseMessage? response, Exception? cause)
    {
        var message = response?.RequestMessage;
        var call = new FailedCall(Connection.Settings.Name, glance.Kind.Type, message?.Method.Method ?? "", message?.RequestUri?.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped) ?? "")
        {
            Status = response?.StatusCode,
            RequestId = response is null ? null : ObserveHandler.RequestIdOf(response),
        };
        return new(fault, $"{call.Service} of cloud '{call.Cloud}', {call.Method} {call.Url}: {what}.", call, cause);
    }

    static bool Same(string theirs, string ours) => string.Equals(theirs, ours, StringComparison.OrdinalIgnoreCase);

    OpenStackException Differs(Image image) =>
        Failed(Fault.Corrupt, $"image {image.Id} in the cloud is not what was sent to it; delete it and send it again", null, null);
}
