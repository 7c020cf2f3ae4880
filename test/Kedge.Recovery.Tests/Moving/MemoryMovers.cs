using System.Security.Cryptography;
using Kedge.Contracts.Moving;
using Kedge.Recovery.Moving;
using Kedge.Sandbox;

namespace Kedge.Recovery.Tests.Moving;

/// <summary>
/// Movers of two sandbox clouds, and the repository between them, in memory and on the thread of the test. They take orders from the real board,
/// each second of simulated time.
/// </summary>
sealed class MemoryMovers(IReadOnlyDictionary<string, SandboxCloud> clouds, TimeProvider clock)
{
    const int BlockBytes = 64 * 1024;
    static readonly MoverOffer Offer = new(["main"], ["nbd"], WaitS: 0);

    readonly Dictionary<string, List<StoredDisk>> series = new(StringComparer.Ordinal);
    readonly Dictionary<string, DiskInPoint> done = new(StringComparer.Ordinal);

    public MoveBoard Board { get; private set; } = new(clock);

    /// <summary>Everything that was ever done, in order.</summary>
    public List<(MoveOrder Order, MoveResult Result)> Work { get; } = [];

    /// <summary>Given each order before it is carried out; what it throws is the mover's failure.</summary>
    public Func<MoveOrder, Task> OnWork { get; set; } = _ => Task.CompletedTask;

    /// <summary>Disks of the repository that cannot be read any more, by root.</summary>
    public HashSet<string> Damaged { get; } = [];

    /// <summary>What was taken out of the repository.</summary>
    public List<DiskInPoint> Forgotten { get; } = [];

    /// <summary>How many of the next leases a mover takes and then dies over.</summary>
    public int Deaths { get; set; }

    /// <summary>The process with the board was killed.</summary>
    public MoveBoard LoseBoard() => Board = new MoveBoard(clock);

    /// <summary>Until it is cancelled.</summary>
    public async Task WorkAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            foreach (var mover in clouds.Keys.Select(site => new MoverId(site, "mover")))
            {
                var board = Board;
                if (await board.TakeAsync(mover, Offer, cancel) is not { } lease || Deaths-- > 0)
                    continue;
                board.Report(mover, new MoveReport(lease.Order.Id, lease.Epoch, await CarryAsync(lease.Order)));
            }
            await Task.Delay(TimeSpan.FromSeconds(1), clock, cancel).ContinueWith(_ => { }, TaskScheduler.FromCurrentSynchronizationContext());
        }
    }

    async Task<MoveNews> CarryAsync(MoveOrder order)
    {
        try
        {
            await OnWork(order);
            var result = order.Work switch
            {
                MoveWork.Read read => Read(order, read),
                MoveWork.Write write => Write(order, write),
                MoveWork.Verify verify => Result(verify.Expected, Compare(order, verify.Expected)) with { VerifiedFraction = verify.Fraction },
                MoveWork.Forget forget => Forget(forget.Point),
                _ => Repair(order, ((MoveWork.Repair)order.Work).Source),
            };
            Work.Add((order, result));
            return new MoveNews.Finished(result);
        }
        catch (IOException e)
        {
            return new MoveNews.GaveUp(new MoveFailure(MoveFailureCode.Device, e.Message, "See to it.", false));
        }
    }

    MoveResult Read(MoveOrder order, MoveWork.Read read)
    {
        // Done twice under one id, it answers with the point that is there.
        if (done.TryGetValue(order.Id, out var there))
            return Result(there, []);
        var content = Content(order);
        var chain = series.TryGetValue(read.Series, out var known) ? known : series[read.Series] = [];
        var parent = read.Parent is { } sequence ? chain[(int)sequence - 1].Blocks : [];
        var disk = new DiskInPoint(read.Series, chain.Count + 1, read.Disk, RootOf(content));
        chain.Add(new StoredDisk(disk, content));
        done[order.Id] = disk;
        var changed = content.Keys.Union(parent.Keys).Count(block => !Same(content.GetValueOrDefault(block), parent.GetValueOrDefault(block)));
        return Result(disk, []) with { ChangedBytes = (long)changed * BlockBytes, ReadBytes = (long)content.Count * BlockBytes, StoredBytes = (long)changed * BlockBytes };
    }

    MoveResult Write(MoveOrder order, MoveWork.Write write)
    {
        var wanted = StoredOf(write.Source);
        var held = write.Target is TargetContent.Holds holds ? StoredOf(holds.Disk) : null;
        var device = Open(order.Device);
        var written = 0L;
        foreach (var block in BlocksOf(device, wanted).Where(block => held is null || !Same(wanted.GetValueOrDefault(block), held.GetValueOrDefault(block))))
        {
            Put(device, block, wanted.GetValueOrDefault(block));
            written += BlockBytes;
        }
        return Result(write.Source, Compare(order, write.Source)) with { WrittenBytes = written, VerifiedFraction = write.ReadBackFraction };
    }

    MoveResult Repair(MoveOrder order, DiskInPoint source)
    {
        var wrong = Compare(order, source);
        if (Damaged.Contains(source.Root))
            return Result(source, wrong) with { VerifiedFraction = 1 };
        foreach (var range in wrong)
            Put(Open(order.Device), range.OffsetBytes / BlockBytes, StoredOf(source).GetValueOrDefault(range.OffsetBytes / BlockBytes));
        return Result(source, Compare(order, source)) with { VerifiedFraction = 1, RepairedBytes = wrong.Count * BlockBytes };
    }

    MoveResult Forget(DiskInPoint point)
    {
        Forgotten.Add(point);
        return Result(point, []);
    }

    List<ByteRange> Compare(MoveOrder order, DiskInPoint expected)
    {
        var (content, wanted) = (Content(order), StoredOf(expected));
        return [.. content.Keys.Union(wanted.Keys).Order().Where(block => !Same(content.GetValueOrDefault(block), wanted.GetValueOrDefault(block))).Select(block => new ByteRange(block * BlockBytes, BlockBytes))];
    }

    SortedDictionary<long, byte[]> Content(MoveOrder order)
    {
        var device = Open(order.Device);
        var content = new SortedDictionary<long, byte[]>();
        foreach (var block in BlocksOf(device, []))
        {
            var bytes = new byte[BlockBytes];
            device.Read(block * BlockBytes, bytes);
            if (bytes.AsSpan().ContainsAnyExcept((byte)0))
                content[block] = bytes;
        }
        return content;
    }

    static IEnumerable<long> BlocksOf(Sandbox.BlockStorage.AttachedDisk device, SortedDictionary<long, byte[]> also) => device.FindContent(0, device.SizeBytes)
        .SelectMany(range => Enumerable.Range((int)(range.OffsetBytes / BlockBytes), (int)(range.LengthBytes / BlockBytes)).Select(block => (long)block))
        .Union(also.Keys).Order();

    static void Put(Sandbox.BlockStorage.AttachedDisk device, long block, byte[]? content)
    {
        if (content is null)
            device.Zero(block * BlockBytes, BlockBytes);
        else
            device.Write(block * BlockBytes, content);
    }

    Sandbox.BlockStorage.AttachedDisk Open(MoveDevice device)
    {
        var export = ((MoveDevice.Nbd)device).Uri.Split('/')[^1];
        foreach (var cloud in clouds.Values)
        {
            try
            {
                return cloud.OpenAttached(export);
            }
            catch (IOException)
            {
                // Of the other cloud.
            }
        }
        throw new IOException($"Nobody serves {export}.");
    }

    SortedDictionary<long, byte[]> StoredOf(DiskInPoint disk) => series[disk.Series][(int)disk.Sequence - 1] is var stored && stored.Disk.Root == disk.Root
        ? stored.Blocks
        : throw new IOException($"{disk} has another root here.");

    static MoveResult Result(DiskInPoint disk, List<ByteRange> mismatches) =>
        new(disk, 1L << 30, BlockBytes, 0, 0, 0, 0, 0, TimeSpan.FromSeconds(1), null, [.. mismatches], 0, MapUse.NotAsked, []);

    static bool Same(byte[]? one, byte[]? other) => one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);

    static string RootOf(SortedDictionary<long, byte[]> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (block, bytes) in content)
        {
            hash.AppendData(BitConverter.GetBytes(block));
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    sealed record StoredDisk(DiskInPoint Disk, SortedDictionary<long, byte[]> Blocks);
}
