using System.Net;
using System.Security.Cryptography;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Tests.Wire;

namespace Kedge.OpenStack.Tests.Calls;

public sealed class ImageTests : IDisposable
{
    static readonly CancellationToken Cancel = CancellationToken.None;
    static readonly byte[] Bytes = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i % 251))];

    readonly ScriptedCloud cloud = new(TimeProvider.System);

    [Fact]
    public async Task Bytes_that_have_the_promised_hash_arrive()
    {
        Serve(Bytes, Convert.ToHexStringLower(SHA512.HashData(Bytes)));
        await using var connection = cloud.Connect();
        using var target = new MemoryStream();

        var transfer = await connection.Images.DownloadAsync(new ImageId("i1"), target, Cancel);

        Assert.Equal(Bytes, target.ToArray());
        Assert.Equal(Bytes.Length, transfer.Bytes);
    }

    [Fact]
    public async Task Bytes_that_have_another_hash_than_promised_are_refused()
    {
        Serve(Bytes, Convert.ToHexStringLower(SHA512.HashData([1, 2, 3])));
        await using var connection = cloud.Connect();

        var corrupt = await Assert.ThrowsAsync<OpenStackException>(() => connection.Images.DownloadAsync(new ImageId("i1"), Stream.Null, Cancel));

        Assert.Equal(Fault.Corrupt, corrupt.Fault);
    }

    [Fact]
    public async Task What_the_cloud_stored_is_compared_with_what_was_sent()
    {
        Serve(Bytes, Convert.ToHexStringLower(SHA512.HashData([1, 2, 3])));
        cloud.On("PUT", "/image/v2/images/i1/file", () => new HttpResponseMessage(HttpStatusCode.NoContent));
        await using var connection = cloud.Connect();

        var corrupt = await Assert.ThrowsAsync<OpenStackException>(() => connection.Images.UploadAsync(new ImageId("i1"), new MemoryStream(Bytes), Bytes.Length, Cancel));

        Assert.Equal(Fault.Corrupt, corrupt.Fault);
    }

    [Fact]
    public async Task An_upload_is_sent_once_whatever_becomes_of_it()
    {
        Serve(Bytes, "");
        cloud.On("PUT", "/image/v2/images/i1/file", () => ScriptedCloud.Refusal(HttpStatusCode.ServiceUnavailable));
        await using var connection = cloud.Connect();

        await Assert.ThrowsAsync<OpenStackException>(() => connection.Images.UploadAsync(new ImageId("i1"), new MemoryStream(Bytes), Bytes.Length, Cancel));

        Assert.Single(cloud.AskedOf("/image/v2/images/i1/file"), sent => sent.Method == "PUT");
    }

    [Fact]
    public async Task Images_come_page_by_page()
    {
        cloud.On("GET", "/image/v2/images", sent => sent.Query.Contains("marker=i2", StringComparison.Ordinal)
            ? ScriptedCloud.Json("""{"images": [{"id": "i3", "status": "active"}]}""")
            : ScriptedCloud.Json("""{"images": [{"id": "i1", "status": "active"}, {"id": "i2", "status": "queued"}], "next": "/v2/images?marker=i2"}"""));
        await using var connection = cloud.Connect();

        var images = await connection.Images.ListImagesAsync(new ImageFilter(), Cancel).ToListAsync();

        Assert.Equal(["i1", "i2", "i3"], images.Select(image => image.Id.Value));
    }

    void Serve(byte[] bytes, string hash)
    {
        cloud.On("GET", "/image/v2/images/i1", () => ScriptedCloud.Json(
            $$"""{"id": "i1", "status": "active", "size": {{bytes.Length}}, "os_hash_algo": "sha512", "os_hash_value": "{{hash}}"}"""));
        cloud.On("GET", "/image/v2/images/i1/file", () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) });
    }

    public void Dispose() => cloud.Dispose();
}
