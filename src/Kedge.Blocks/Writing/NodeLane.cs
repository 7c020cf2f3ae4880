using System.Runtime.InteropServices;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Packs;

namespace Kedge.Blocks.Writing;

/// <summary>Pages and rolls of all lanes of a session go into packs of their own, so that a mark reads little.</summary>
sealed class NodeLane(Session session) : IDisposable
{
    readonly PackLane packs = new(session);
    readonly BlobHash hash = new(session.Ring);
    readonly SemaphoreSlim gate = new(1, 1);

    /// <summary>The address of the node; zero, and nothing stored, when it is all zero.</summary>
    public async ValueTask<Address> StoreAsync(ReadOnlyMemory<byte> node, CancellationToken cancel)
    {
        if (!node.Span.ContainsAnyExcept((byte)0)) return default;
        var address = hash.Of(BlobKind.Node, node.Span);
        await gate.WaitAsync(cancel);
        try
        {
            await packs.StoreAsync(address, BlobKind.Node, node, cancel);
        }
        finally
        {
            gate.Release();
        }
        return address;
    }

    public async ValueTask<Address[]> StoreRollsAsync(DiskShape shape, Address[] pages, CancellationToken cancel)
    {
        var rolls = new Address[shape.Rolls];
        for (var roll = 0; roll < rolls.Length; roll++)
        {
            var bytes = MemoryMarshal.AsBytes(pages.AsSpan(roll * DiskShape.PagesPerRoll, shape.PagesIn(roll))).ToArray();
            rolls[roll] = await StoreAsync(bytes, cancel);
        }
        return rolls;
    }

    public ValueTask FinishAsync(CancellationToken cancel) => packs.FinishAsync(cancel);

    public ValueTask SettleAsync() => packs.SettleAsync();

    public void Dispose()
    {
        packs.Dispose();
        hash.Dispose();
        gate.Dispose();
    }
}
