using System.Text;
using Kedge.Blocks.Points;
using Kedge.Blocks.Reading;
using Kedge.Blocks.Stores;
using Kedge.Blocks.Tests.Repositories;
using Kedge.Blocks.Upkeep;
using Kedge.Blocks.Writing;

namespace Kedge.Blocks.Tests.Stores;

/// <summary>What every store has to do; one class per implementation inherits it.</summary>
public abstract class StoreConformance
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract Task<IStore> OpenAsync();

    [Fact]
    public async Task What_was_put_is_read_back_from_any_offset()
    {
        var store = await OpenAsync();

        Assert.True(await store.PutAsync("packs/ab/one", Encoding.ASCII.GetBytes("0123456789"), Cancel));

        var into = new byte[4];
        Assert.Equal(4, await store.ReadAsync("packs/ab/one", 3, into, Cancel));
        Assert.Equal("3456", Encoding.ASCII.GetString(into));
        Assert.Equal(2, await store.ReadAsync("packs/ab/one", 8, into, Cancel));
        Assert.Equal(0, await store.ReadAsync("packs/ab/one", 10, into, Cancel));
        Assert.Equal(10, (await store.FindAsync("packs/ab/one", Cancel))!.Value.LengthBytes);
    }

    [Fact]
    public async Task A_name_that_is_taken_keeps_what_stands_there()
    {
        var store = await OpenAsync();
        await store.PutAsync("points/a/00000001", "first"u8.ToArray(), Cancel);

        Assert.False(await store.PutAsync("points/a/00000001", "second"u8.ToArray(), Cancel));

        Assert.Equal("first"u8.ToArray(), await store.GetWholeAsync("points/a/00000001", Cancel));
    }

    [Fact]
    public async Task Of_many_racing_for_a_name_exactly_one_wins()
    {
        var store = await OpenAsync();

        var won = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () => await store.PutAsync("points/a/00000001", new byte[] { (byte)i }, Cancel))));

        Assert.Equal(1, won.Count(w => w));
        Assert.Equal((byte)Array.IndexOf(won, true), (await store.GetWholeAsync("points/a/00000001", Cancel))[0]);
    }

    [Fact]
    public async Task Listing_answers_the_prefix_in_order_and_nothing_else()
    {
        var store = await OpenAsync();
        foreach (var name in (string[])["packs/cd/3", "packs/ab/2", "packs/ab/1", "points/x/1", "format"]) await store.PutAsync(name, new byte[] { 1 }, Cancel);

        Assert.Equal(["packs/ab/1", "packs/ab/2", "packs/cd/3"], await ListAsync(store, "packs/"));
        Assert.Equal(["packs/ab/1", "packs/ab/2"], await ListAsync(store, "packs/a"));
        Assert.Equal(5, (await ListAsync(store, "")).Count);
        Assert.Empty(await ListAsync(store, "sessions/"));
    }

    [Fact]
    public async Task What_is_deleted_or_was_never_there_is_absent()
    {
        var store = await OpenAsync();
        await store.PutAsync("keys/one", new byte[] { 1 }, Cancel);

        await store.DeleteAsync("keys/one", Cancel);
        await store.DeleteAsync("keys/one", Cancel);

        Assert.Equal(-1, await store.ReadAsync("keys/one", 0, new byte[1], Cancel));
        Assert.Null(await store.FindAsync("keys/one", Cancel));
        Assert.True(await store.PutAsync("keys/one", new byte[] { 2 }, Cancel));
    }

    [Fact]
    public async Task A_large_object_comes_back_whole()
    {
        var store = await OpenAsync();
        var content = new byte[20_000_003];
        new Random(5).NextBytes(content);

        await store.PutAsync("packs/ab/large", content, Cancel);

        var back = await store.GetWholeAsync("packs/ab/large", Cancel);
        Assert.True(content.AsSpan().SequenceEqual(back));
    }

    [Fact]
    public async Task A_repository_takes_points_of_two_writers_at_once_forgets_one_and_gives_back_the_other()
    {
        var store = await OpenAsync();
        var repository = await Repository.CreateAsync(store, Shelf.Key, TimeProvider.System, Cancel);
        MemoryDevice[] disks = [MemoryDevice.Mixed(1, 30), MemoryDevice.Mixed(2, 30)];

        var points = await Task.WhenAll(disks.Select(async disk =>
        {
            await using var writer = await repository.BeginPointAsync("web", Cancel);
            await writer.AddDiskAsync("root", disk, DiskOptions.Full, Cancel);
            return await writer.CommitAsync(default, Cancel);
        }));
        await repository.ForgetAsync(points[0], Cancel);
        var pruned = await repository.PruneAsync(Cancel);

        var found = await repository.CheckAsync(CheckDepth.Everything, [new Head("web", points[1].Sequence, points[1].Seal)], Cancel);
        var target = new MemoryDevice(new byte[disks[1].SizeBytes]);
        await repository.RestoreAsync(points[1].Disk("root"), target, RestoreOptions.Whole, Cancel);
        Assert.Equal([1, 2], points.Select(p => p.Sequence).Order());
        Assert.True(pruned.DeletedPacks > 0);
        Assert.Empty(found.Problems);
        Assert.Equal(disks[1].Content, target.Content);
    }

    static async Task<List<string>> ListAsync(IStore store, string prefix)
    {
        var names = new List<string>();
        await foreach (var found in store.ListAsync(prefix, Cancel)) names.Add(found.Name);
        return names;
    }
}

public sealed class MemoryStoreTests : StoreConformance
{
    protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new MemoryStore());
}

public sealed class DirectoryStoreTests : StoreConformance, IDisposable
{
    readonly TemporaryFolder folder = new();

    protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(DirectoryStore.Open(folder.Path));

    [Fact]
    public async Task A_name_that_would_leave_the_directory_is_refused()
    {
        var store = await OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(async () => await store.DeleteAsync("../etc/passwd", Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.DeleteAsync("/etc/passwd", Cancel));
    }

    public void Dispose() => folder.Dispose();
}
