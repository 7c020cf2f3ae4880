using System.Net;
using Amazon.S3;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Tests.Stores;

public sealed class S3StoreTests(Radosgw radosgw) : StoreConformance
{
    readonly string prefix = Guid.NewGuid().ToString();

    protected override async Task<IStore> OpenAsync() => S3Store.Open(Radosgw.S3(await radosgw.StartAsync(), prefix), TimeProvider.System);

    [Fact]
    public async Task What_a_lock_was_asked_for_is_there_after_it_was_deleted_and_cannot_be_destroyed()
    {
        var settings = Radosgw.S3(await radosgw.StartAsync(), prefix, "locked", TimeSpan.FromDays(3));
        using var store = S3Store.Open(settings, TimeProvider.System);
        using var client = Radosgw.Client(settings.Endpoint!);
        var lease = $"sessions/{ObjectId.New()}/0";
        await store.PutAsync("points/web/00000001", new byte[] { 1, 2, 3 }, Cancel);
        await store.PutAsync(lease, new byte[] { 1 }, Cancel);

        await store.DeleteAsync("points/web/00000001", Cancel);

        Assert.Null(await store.FindAsync("points/web/00000001", Cancel));
        var versions = (await client.ListVersionsAsync("locked", $"{prefix}/points/", Cancel)).Versions.Where(v => v.IsDeleteMarker != true).ToList();
        var refused = await Assert.ThrowsAsync<AmazonS3Exception>(() => client.DeleteObjectAsync("locked", Assert.Single(versions).Key, versions[0].VersionId, Cancel));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Null(await store.FindLockAsync(lease, Cancel));
    }

    [Fact]
    public async Task A_wrong_key_is_told_from_a_server_that_is_not_there()
    {
        var at = await radosgw.StartAsync();
        using var wrong = S3Store.Open(new S3Settings { Endpoint = at, Bucket = "blocks", AccessKey = Radosgw.Key, SecretKey = "another" }, TimeProvider.System);
        using var nowhere = S3Store.Open(new S3Settings { Endpoint = at, Bucket = "nobody-made-this", AccessKey = Radosgw.Key, SecretKey = Radosgw.Secret }, TimeProvider.System);

        var refused = await Assert.ThrowsAsync<RepositoryException>(async () => await wrong.FindAsync("format", Cancel));
        var absent = await Assert.ThrowsAsync<RepositoryException>(async () => await nowhere.PutAsync("format", new byte[] { 1 }, Cancel));

        Assert.Contains("credentials", refused.Message, StringComparison.Ordinal);
        Assert.Contains("bucket", absent.Message, StringComparison.Ordinal);
    }
}

public sealed class SwiftStoreTests(SwiftServers servers) : StoreConformance
{
    readonly string prefix = Guid.NewGuid().ToString();

    protected override async Task<IStore> OpenAsync() => SwiftStore.Open(await servers.StartAsync(prefix), TimeProvider.System);
}

public sealed class RadosgwSwiftStoreTests(Radosgw radosgw) : StoreConformance
{
    readonly string prefix = Guid.NewGuid().ToString();

    protected override async Task<IStore> OpenAsync() => SwiftStore.Open(Radosgw.Swift(await radosgw.StartAsync(), prefix), TimeProvider.System);
}
