using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;
using Kedge.Mover.Settings;

namespace Kedge.Mover.Stores;

/// <summary>From a repository's settings to its store and its key. Read for each order, so that a key that was rotated needs no restart.</summary>
static class RepositoryOpening
{
    /// <summary>Credentials of object stores come from the environment, as their own tools take them.</summary>
    public static IStore Store(RepositorySettings settings, TimeProvider time)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()) variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return StoreAddress.Open(settings.Address, variables, "/", time);
    }

    public static async ValueTask<Credential> CredentialAsync(RepositorySettings settings, CancellationToken cancel) => settings.KeyFile is { } key
        ? Credential.KeyFile(await File.ReadAllBytesAsync(key, cancel))
        : Credential.Passphrase(await File.ReadAllTextAsync(settings.PassphraseFile!, cancel));
}
