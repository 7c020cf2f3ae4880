using Kedge.Blocks.Devices;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Packs;

namespace Kedge.Blocks.Writing;

/// <summary>What one worker of a scan owns, reused from page to page and from disk to disk.</summary>
sealed class ScanLane(Session session) : IDisposable
{
    Memory<byte>[] buffers = [];

    public PackLane Packs { get; } = new(session);

    public BlobReader Reader { get; } = new(session.Store, session.Ring, session.Catalog);

    public BlobHash Hash => Reader.Hash;

    public byte[] Before { get; } = DiskTree.NewPage();

    public byte[] Now { get; } = DiskTree.NewPage();

    public List<Extent> Content { get; } = [];

    public Queue<ScanRead> Reads { get; } = [];

    public int[] Wanted { get; } = new int[DiskShape.BlocksPerPage];

    public long ReadBlocks;

    public long ChangedBlocks;

    public long ZeroBlocks;

    public Memory<byte> Buffer(int slot) => buffers[slot];

    public void Prepare(int count, int length)
    {
        ReadBlocks = ChangedBlocks = ZeroBlocks = 0;
        if (buffers.Length >= count && buffers[0].Length >= length) return;
        buffers = new Memory<byte>[count];
        for (var i = 0; i < count; i++) buffers[i] = AlignedBuffer.New(length);
    }

    public void Dispose()
    {
        Packs.Dispose();
        Reader.Dispose();
    }
}

/// <summary>A read under way of neighbouring blocks: those from <paramref name="First"/> on in the lane's list of wanted ones.</summary>
readonly record struct ScanRead(Task Reading, Memory<byte> Content, int First, int Blocks);
