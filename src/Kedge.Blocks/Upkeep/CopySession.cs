using Kedge.Blocks.Packs;
using Kedge.Blocks.Writing;

namespace Kedge.Blocks.Upkeep;

/// <summary>Stores blobs a second time, under the lease of a session, though the repository has them.</summary>
sealed class CopySession : IDisposable
{
    readonly Session session;
    readonly PackLane blocks;
    readonly PackLane nodes;

    public CopySession(Session session)
    {
        this.session = session;
        session.ForgetCatalog();
        blocks = new PackLane(session);
        nodes = new PackLane(session);
    }

    public ValueTask<bool> StoreAsync(Address address, BlobKind kind, ReadOnlyMemory<byte> content, CancellationToken cancel) =>
        (kind == BlobKind.Node ? nodes : blocks).StoreAsync(address, kind, content, cancel);

    public async Task FinishAsync(CancellationToken cancel)
    {
        await blocks.FinishAsync(cancel);
        await nodes.FinishAsync(cancel);
        await session.PutLastIndexAsync(cancel);
    }

    public void Dispose()
    {
        blocks.Dispose();
        nodes.Dispose();
    }
}
