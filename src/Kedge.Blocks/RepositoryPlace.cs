using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks;

/// <summary>Where a repository is and which file opens it: what an operator configures. No secret is in it.</summary>
/// <param name="Address">See <see cref="StoreAddress"/>.</param>
/// <param name="Secret">The file with its key or passphrase.</param>
public sealed record RepositoryPlace(string Address, SecretFile Secret)
{
    /// <summary>Opens what is there.</summary>
    public async Task<Repository> OpenAsync(IReadOnlyDictionary<string, string> variables, string directory, TimeProvider time, CancellationToken cancel) =>
        await Repository.OpenAsync(StoreAddress.Open(Address, variables, directory, time), await Secret.ReadAsync(directory, cancel), time, cancel);

    /// <summary>Makes a repository in an empty store.</summary>
    public async Task<Repository> CreateAsync(IReadOnlyDictionary<string, string> variables, string directory, TimeProvider time, CancellationToken cancel) =>
        await Repository.CreateAsync(StoreAddress.Open(Address, variables, directory, time), await Secret.ReadAsync(directory, cancel), time, cancel);
}

/// <summary>A file that holds a credential.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Kind">What stands in it.</param>
public sealed record SecretFile(string Path, SecretKind Kind)
{
    const int MaxBytes = 64 << 10;

    /// <summary>Reads the credential.</summary>
    /// <exception cref="RepositoryException"><see cref="RepositoryFault.Refused"/>: it cannot be read, or holds too little.</exception>
    public async Task<Credential> ReadAsync(string directory, CancellationToken cancel)
    {
        var path = System.IO.Path.GetFullPath(Path, directory);
        try
        {
            if (new FileInfo(path).Length > MaxBytes) throw new RepositoryException(RepositoryFault.Refused, $"{path} is larger than a key or passphrase can be.");
            var bytes = await File.ReadAllBytesAsync(path, cancel);
            return Kind == SecretKind.Key ? Credential.KeyFile(bytes) : Credential.Passphrase(System.Text.Encoding.UTF8.GetString(bytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RepositoryException(RepositoryFault.Refused, $"The {(Kind == SecretKind.Key ? "key" : "passphrase")} of the repository cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>What stands in a <see cref="SecretFile"/>.</summary>
public enum SecretKind
{
    /// <summary>32 random bytes or more.</summary>
    Key,

    /// <summary>A passphrase.</summary>
    Passphrase,
}
