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
            return new(response, await response.Content.ReadAsStreamAsync(cancel), image, this);
        }
        catch (IOException e)
        {
            response.Dispose();
            throw Failed(Fault.Unavailable, "the connection broke before the first byte", null, e);
        }
    }

    public async Task<ImageTransfer> UploadAsync(ImageId id, Stream source, long? length, CancellationToken cancel)
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

        var sent = hash.End();
        var there = ImageJson.Read(glance, await glance.ReadJsonAsync(Request.Get($"images/{id}"), cancel));
        return hash.DiffersFrom(there) || there.SizeBytes is { } bytes && bytes != sent.Bytes
            ? throw Failed(Fault.Corrupt, $"image {id} in the cloud is not what was sent to it; delete it and send it again", null, null)
            : sent;
    }

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
}
