using Kedge.Sandbox.Bytes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Imaging;

/// <summary>The bytes of an image.</summary>
static class ImageFiles
{
    public static SandboxResponse Upload(Call call)
    {
        var image = Images.GetOwn(call);
        if (image.Status != "queued")
            throw ApiFault.Conflict($"Image status transition from {image.Status} to saving is not allowed");
        if (image.ContainerFormat is null || image.DiskFormat is null)
            throw ApiFault.Bad("Properties disk_format, container_format must be set prior to saving data.");
        image.Fill(call.Upload ?? throw new ApiFault(415, "The content type of image data must be application/octet-stream."), call.Now);
        return SandboxResponse.Empty(204);
    }

    public static SandboxResponse Download(Call call)
    {
        var image = Images.Get(call);
        if (image.Content is not { } content)
            return SandboxResponse.Empty(204);
        var response = SandboxResponse.Octets(new SparseStream(content, content.LengthBytes));
        return response.With("Content-MD5", image.Md5!);
    }
}
