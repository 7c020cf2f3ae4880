using Kedge.Plans;

namespace Kedge.Mediator.Store;

/// <summary>One embedded mediator for a data directory: an flock, which the kernel lets go when its holder dies.</summary>
sealed class AloneHere : IAsyncDisposable
{
    readonly FileStream held;

    AloneHere(FileStream held) => this.held = held;

    /// <exception cref="JournalException">There is one already.</exception>
    public static AloneHere Take(string dataPath)
    {
        var path = Path.Combine(dataPath, "serve.lock");
        try
        {
            return new AloneHere(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new JournalException(
                JournalFault.Busy, $"Another mediator works in {dataPath}: {e.Message}", "Stop that one; or give several mediators one PostgreSQL (KEDGE_DATABASE).", e);
        }
    }

    public ValueTask DisposeAsync() => held.DisposeAsync();
}
