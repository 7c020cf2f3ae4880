using Kedge.Blocks.Points;
using Kedge.Blocks.Reading;
using Kedge.Blocks.Tests.Stores;
using Kedge.Blocks.Upkeep;

namespace Kedge.Blocks.Tests.Repositories;

/// <summary>
/// Every byte of a small repository is spoiled in turn. Two things are demanded each time: a check that reads the data notices, and no restore gives anything but
/// the right bytes or an error (the rest of the disk being right).
/// </summary>
public sealed class DamageTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    readonly MemoryDevice first = Small(1);
    readonly MemoryDevice second = Small(2);

    [Fact]
    public async Task Every_flipped_byte_is_noticed_and_nothing_wrong_is_restored()
    {
        var (store, points) = await SmallAsync();

        await EachAsync(store, async (name, length, at) =>
        {
            await DemandAsync(store, points, name, bytes => { bytes[at] ^= (byte)(1 << (at & 7)); return bytes; }, $"{name} flipped at {at} of {length}");
        });
    }

    [Fact]
    public async Task Every_truncation_is_noticed_and_nothing_wrong_is_restored()
    {
        var (store, points) = await SmallAsync();

        await EachAsync(store, async (name, length, at) => await DemandAsync(store, points, name, bytes => bytes[..at], $"{name} cut at {at} of {length}"));
    }

    [Fact]
    public async Task Every_doubled_byte_is_noticed_and_nothing_wrong_is_restored()
    {
        var (store, points) = await SmallAsync();

        await EachAsync(store, async (name, length, at) => await DemandAsync(store, points, name, bytes => [.. bytes[..(at + 1)], .. bytes[at..]], $"{name} longer at {at} of {length}"));
    }

    [Fact]
    public async Task Every_removed_object_is_noticed_and_nothing_wrong_is_restored()
    {
        var (store, points) = await SmallAsync();

        foreach (var name in store.Objects.Keys) await DemandAsync(store, points, name, _ => null, $"{name} removed");
    }

    [Fact]
    public async Task Every_two_objects_that_changed_places_are_noticed()
    {
        var (store, points) = await SmallAsync();
        var names = store.Objects.Keys.Order(StringComparer.Ordinal).ToList();

        foreach (var one in names)
        {
            foreach (var other in names.Where(n => string.CompareOrdinal(n, one) > 0))
            {
                var damaged = store.Copy();
                (damaged.Objects[one], damaged.Objects[other]) = (damaged.Objects[other], damaged.Objects[one]);
                await DemandAsync(damaged, points, $"{one} and {other} swapped");
            }
        }
    }

    [Fact]
    public async Task Every_object_that_stands_in_the_place_of_another_is_noticed()
    {
        var (store, points) = await SmallAsync();

        foreach (var one in store.Objects.Keys)
        {
            foreach (var other in store.Objects.Keys.Where(n => n != one)) await DemandAsync(store, points, other, _ => store.Objects[one], $"{one} copied over {other}");
        }
    }

    [Fact]
    public async Task A_damaged_block_harms_the_disks_that_need_it_and_no_other()
    {
        var shelf = await Shelf.NewAsync();
        var sound = MemoryDevice.Mixed(3, 40);
        var (other, _) = await shelf.BackUpAsync(sound, series: "other");
        var before = shelf.Store.Objects.Keys.ToHashSet();
        var hurt = MemoryDevice.Mixed(4, 40);
        var (point, _) = await shelf.BackUpAsync(hurt);
        var pack = shelf.Store.Objects.Keys.Where(n => n.StartsWith("packs/", StringComparison.Ordinal) && !before.Contains(n)).MaxBy(n => shelf.Store.Objects[n].Length)!;

        shelf.Store.Objects[pack][40] ^= 1;

        var target = new MemoryDevice(new byte[hurt.SizeBytes]);
        var failed = await Assert.ThrowsAsync<RepositoryException>(() => shelf.Repository.RestoreAsync(point.Disk("root"), target, RestoreOptions.Whole, Cancel));
        Assert.Equal(RepositoryFault.Damaged, failed.Fault);
        Assert.StartsWith("1 blocks", failed.Message, StringComparison.Ordinal);
        var wrong = Enumerable.Range(0, 40).Count(b => !Block(hurt, b).SequenceEqual(Block(target, b)));
        Assert.Equal(1, wrong);
        Assert.Equal(sound.Content, await shelf.RestoreAsync(other));
        var check = await shelf.Repository.CheckAsync(CheckDepth.Everything, [], Cancel);
        Assert.Contains(check.Problems, p => p.StartsWith("Point web/1, disk root: the block at ", StringComparison.Ordinal));
        Assert.DoesNotContain(check.Problems, p => p.Contains("Point other", StringComparison.Ordinal));
    }

    static ReadOnlySpan<byte> Block(MemoryDevice device, int block) =>
        device.Content.AsSpan(block * Shelf.BlockBytes, Math.Min(Shelf.BlockBytes, device.Content.Length - block * Shelf.BlockBytes));

    /// <summary>Two blocks that compress to nearly nothing and a short one that does not: the repository has a few kilobytes.</summary>
    static MemoryDevice Small(int seed)
    {
        var bytes = new byte[3 * Shelf.BlockBytes + 100];
        bytes.AsSpan(0, Shelf.BlockBytes).Fill((byte)seed);
        bytes.AsSpan(Shelf.BlockBytes, Shelf.BlockBytes).Fill(77);
        new Random(seed).NextBytes(bytes.AsSpan(3 * Shelf.BlockBytes));
        return new MemoryDevice(bytes);
    }

    async Task<(MemoryStore Store, Point[] Points)> SmallAsync()
    {
        var shelf = await Shelf.NewAsync();
        var (one, _) = await shelf.BackUpAsync(first);
        var (forgotten, _) = await shelf.BackUpAsync(Small(9));
        var (two, _) = await shelf.BackUpAsync(second);
        await shelf.Repository.ForgetAsync(forgotten, Cancel);
        return (shelf.Store, [one, two]);
    }

    /// <summary>Each byte of each object.</summary>
    static async Task EachAsync(MemoryStore store, Func<string, int, int, Task> act)
    {
        var places = new List<(string Name, int Length, int At)>();
        foreach (var (name, bytes) in store.Objects.OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            for (var at = 0; at < bytes.Length; at++) places.Add((name, bytes.Length, at));
        }
        await Parallel.ForEachAsync(places, Cancel, async (place, _) => await act(place.Name, place.Length, place.At));
    }

    Task DemandAsync(MemoryStore store, Point[] points, string name, Func<byte[], byte[]?> spoil, string what)
    {
        var damaged = store.Copy();
        if (spoil([.. damaged.Objects[name]]) is { } bytes) damaged.Objects[name] = bytes;
        else damaged.Objects.TryRemove(name, out _);
        return DemandAsync(damaged, points, what);
    }

    async Task DemandAsync(MemoryStore damaged, Point[] points, string what)
    {
        Shelf shelf;
        try
        {
            shelf = await Shelf.OfAsync(damaged);
        }
        catch (RepositoryException)
        {
            // Format or key: it does not open, which is noticed enough.
            return;
        }
        var check = await shelf.Repository.CheckAsync(CheckDepth.Everything, [points[1].Head], Cancel);
        // A pack that no index names any more is no damage when no point needs it; but it is noticed.
        Assert.True(!check.IsSound || check.UnindexedPacks > 0, $"{what}: the check found nothing");
        await DemandRestoreAsync(shelf, 1, first, what);
        await DemandRestoreAsync(shelf, 3, second, what);
    }

    static async Task DemandRestoreAsync(Shelf shelf, long sequence, MemoryDevice disk, string what)
    {
        var target = new MemoryDevice(new byte[disk.SizeBytes]);
        target.Content.AsSpan().Fill(0xEE);
        var isWhole = false;
        try
        {
            if (await shelf.Repository.FindPointAsync("web", sequence, Cancel) is { } point)
            {
                await shelf.Repository.RestoreAsync(point.Disk("root"), target, RestoreOptions.Whole, Cancel);
                isWhole = true;
            }
        }
        catch (RepositoryException)
        {
            // Refused: then what was written must be right all the same.
        }
        for (var block = 0; block < 4; block++)
        {
            var is1 = Block(target, block).SequenceEqual(Block(disk, block));
            Assert.True(is1 || (!isWhole && !Block(target, block).ContainsAnyExcept((byte)0xEE)), $"{what}: block {block} of point {sequence} is wrong");
        }
    }
}
