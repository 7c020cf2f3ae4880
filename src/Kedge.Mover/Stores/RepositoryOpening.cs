using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;
using Kedge.Mover.Settings;

namespace Kedge.Mover.Stores;

/// <summary>From a repository's settings to its store and its key. Read for each order, so that a key that was rotated needs no restart.</summary>
static class RepositoryOpening
{
    public static ValueTask<IStore> StoreAsync(RepositorySettings settings, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IStore>(DirectoryStore.Open(settings.Path));
    }

    public static async ValueTask<Credential> CredentialAsync(RepositorySettings settings, CancellationToken cancel) => settings.KeyFile is { } key
        ? Credential.KeyFile(await File.ReadAllBytesAsync(key, cancel))
        : Credential.Passphrase(await File.ReadAllTextAsync(settings.PassphraseFile!, cancel));
}
