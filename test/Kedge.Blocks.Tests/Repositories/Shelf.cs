using System.Security.Cryptography;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Points;
using Kedge.Blocks.Reading;
using Kedge.Blocks.Tests.Stores;
using Kedge.Blocks.Writing;

namespace Kedge.Blocks.Tests.Repositories;

/// <summary>A repository in memory with a clock that a test moves, and small disks.</summary>
sealed class Shelf
{
    public const int BlockBytes = 1 << 16;

    public static Credential Key { get; } = Credential.KeyFile(SHA256.HashData("a key for tests"u8));

    public MemoryStore Store { get; private init; } = new();

    public FakeClock Clock { get; } = new();

    public Repository Repository { get; private set; } = null!;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Shelf> NewAsync()
    {
        var shelf = new Shelf();
        shelf.Repository = await Repository.CreateAsync(shelf.Store, Key, shelf.Clock, Cancel);
        return shelf;
    }

    public static async Task<Shelf> OfAsync(MemoryStore store)
    {
        var shelf = new Shelf { Store = store };
        shelf.Repository = await Repository.OpenAsync(store, Key, shelf.Clock, Cancel);
        return shelf;
    }

    public async Task<(Point Point, DiskOutcome Disk)> BackUpAsync(MemoryDevice device, DiskOptions? options = null, string series = "web")
    {
        await using var writer = await PointWriter.BeginAsync(Store, Repository.Keys, Clock, series, BlockBytes, Cancel);
        var outcome = await writer.AddDiskAsync("root", device, options ?? DiskOptions.Full, Cancel);
        return (await writer.CommitAsync("payload"u8.ToArray(), Cancel), outcome);
    }

    public async Task<byte[]> RestoreAsync(Point point)
    {
        var disk = point.Disk("root");
        var target = new MemoryDevice(new byte[disk.SizeBytes]);
        await Repository.RestoreAsync(disk, target, RestoreOptions.Whole, Cancel);
        return target.Content;
    }
}

/// <summary>A clock that moves when it is told to.</summary>
sealed class FakeClock : TimeProvider
{
    long ticks = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).Ticks;

    public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
}

/// <summary>A disk in memory.</summary>
sealed class MemoryDevice(byte[] content) : IDevice
{
    public byte[] Content => content;

    public long ReadBytes;

    public long WrittenBytes;

    public long SizeBytes => content.Length;

    public int ReadsAhead { get; init; } = 1;

    public ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancel)
    {
        content.AsSpan((int)offset, into.Length).CopyTo(into.Span);
        Interlocked.Add(ref ReadBytes, into.Length);
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> written, CancellationToken cancel)
    {
        written.Span.CopyTo(content.AsSpan((int)offset));
        Interlocked.Add(ref WrittenBytes, written.Length);
        return ValueTask.CompletedTask;
    }

    public ValueTask ZeroAsync(long offset, long length, CancellationToken cancel)
    {
        content.AsSpan((int)offset, (int)length).Clear();
        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    public ValueTask FindContentAsync(Extent range, List<Extent> found, CancellationToken cancel)
    {
        found.Add(range);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A disk of which some blocks are zero, some compress, some do not, some occur twice; not a multiple of the block size.</summary>
    public static MemoryDevice Mixed(int seed, int blocks)
    {
        var random = new Random(seed);
        var bytes = new byte[blocks * Shelf.BlockBytes - 12_345];
        for (var block = 0; block < blocks; block++)
        {
            var span = bytes.AsSpan(block * Shelf.BlockBytes, Math.Min(Shelf.BlockBytes, bytes.Length - block * Shelf.BlockBytes));
            switch (block % 4)
            {
                case 0: random.NextBytes(span); break;
                case 1: for (var i = 0; i < span.Length; i++) span[i] = unchecked((byte)(i / 97 + block)); break;
                case 2: break;
                default: if (block > 4) bytes.AsSpan((block - 3) * Shelf.BlockBytes, span.Length).CopyTo(span); break;
            }
        }
        return new MemoryDevice(bytes);
    }

    public MemoryDevice Changed(int seed, int places)
    {
        var random = new Random(seed);
        byte[] copy = [.. content];
        for (var i = 0; i < places; i++) random.NextBytes(copy.AsSpan(random.Next(copy.Length - 4096), 4096));
        return new MemoryDevice(copy);
    }
}
