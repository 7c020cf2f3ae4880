using Kedge.Sandbox.Bytes;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>The bytes of a backup, which an incremental one shares with all its ancestors.</summary>
static class BackupChain
{
    /// <summary>What changed, by chunk; null where there are only zeroes now.</summary>
    public static Dictionary<long, byte[]?> Difference(SparseBytes before, SparseBytes now)
    {
        var changed = new Dictionary<long, byte[]?>();
        foreach (var (index, chunk) in now.Chunks)
            if (!before.Chunks.TryGetValue(index, out var old) || (!ReferenceEquals(old, chunk) && !old.AsSpan().SequenceEqual(chunk)))
                changed[index] = chunk;
        foreach (var (index, _) in before.Chunks)
            if (!now.Chunks.ContainsKey(index))
                changed[index] = null;
        return changed;
    }

    /// <summary>
    /// Reads a backup and its ancestors as a restore does: the records from this cloud's database, the bytes from the store.
    /// Null when a record or an object of the chain is missing.
    /// </summary>
    public static SparseBytes? Read(Cinder cinder, Backup backup, int sizeGibibytes)
    {
        var chain = new List<BackupObject>();
        for (var link = backup; ;)
        {
            if (cinder.Cloud.Backups.Find(link.Id) is not { } stored)
                return null;
            chain.Add(stored);
            if (link.ParentId is null)
                break;
            if (cinder.Backups.Find(link.ParentId) is not { } parent)
                return null;
            link = parent;
        }
        var content = Cinder.EmptyDisk(Math.Max(sizeGibibytes, backup.SizeGibibytes));
        for (var i = chain.Count - 1; i >= 0; i--)
            foreach (var (index, chunk) in chain[i].Chunks)
                content.PutChunk(index, chunk);
        return content;
    }
}
