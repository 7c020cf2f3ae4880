using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Kedge.OpenStack;

namespace Kedge.Recovery.Sites;

/// <summary>Keys that seal and open credentials of sites. The first one seals, all of them open. Format: docs/formats/site.md. Prints no secrets.</summary>
public sealed class SealingKeys
{
    public const string FileVariable = "KEDGE_SECRETS_KEY_FILE";
    public const string KeyVariable = "KEDGE_SECRETS_KEY";

    const int ShortestSecret = 32;
    const int Nonce = 12;
    const int Tag = 16;
    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    readonly ImmutableArray<(string Id, byte[] Key)> keys;

    SealingKeys(IEnumerable<byte[]> secrets) => keys = [.. secrets.Select(secret => (IdOf(secret), KeyOf(secret)))];

    /// <summary>Of the key that seals; null: there is none.</summary>
    public string? NewestId => keys is [var first, ..] ? first.Id : null;

    /// <param name="variables">Of the environment.</param>
    /// <param name="directory">What a relative path starts from.</param>
    /// <exception cref="SettingsException">A key is named and cannot be used.</exception>
    public static SealingKeys Read(IReadOnlyDictionary<string, string> variables, string directory)
    {
        var secrets = new List<byte[]>();
        foreach (var file in (variables.GetValueOrDefault(FileVariable) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            secrets.Add(OfFile(Path.GetFullPath(file, directory)));
        if (variables.GetValueOrDefault(KeyVariable) is { Length: > 0 } text)
            secrets.Add(OfText(text));
        return new SealingKeys(secrets);
    }

    /// <exception cref="SettingsException">There is no key.</exception>
    public SealedCredentials Seal(string site, OpenCredentials open)
    {
        if (keys is not [var (id, key), ..])
            throw new SettingsException([$"There is no key to seal with: name a file of {ShortestSecret} random bytes in {FileVariable} (head -c 32 /dev/urandom > FILE; chmod 600 FILE)."]);
        return new SealedCredentials(id, Seal(key, site, "tenant", open.Tenant), open.Admin is null ? null : Seal(key, site, "admin", open.Admin));
    }

    /// <exception cref="SettingsException">None of these keys opens it, or it was changed.</exception>
    public OpenCredentials Open(string site, SealedCredentials credentials)
    {
        var key = keys.FirstOrDefault(one => one.Id == credentials.Key).Key ?? throw new SettingsException([
            $"The credentials of site {site} are sealed with key {credentials.Key}; {(keys.IsEmpty ? $"no key is given in {FileVariable} or {KeyVariable}" : $"given are {string.Join(", ", keys.Select(one => one.Id))}")}."]);
        return new OpenCredentials(Open(key, site, "tenant", credentials.Tenant), credentials.Admin is null ? null : Open(key, site, "admin", credentials.Admin));
    }

    static string Seal(byte[] key, string site, string hand, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var envelope = new byte[Nonce + plain.Length + Tag];
        RandomNumberGenerator.Fill(envelope.AsSpan(0, Nonce));
        using var cipher = new AesGcm(key, Tag);
        cipher.Encrypt(envelope.AsSpan(0, Nonce), plain, envelope.AsSpan(Nonce, plain.Length), envelope.AsSpan(Nonce + plain.Length), About(site, hand));
        CryptographicOperations.ZeroMemory(plain);
        return Convert.ToBase64String(envelope);
    }

    static string Open(byte[] key, string site, string hand, string envelope)
    {
        var bytes = new byte[envelope.Length];
        if (!Convert.TryFromBase64String(envelope, bytes, out var length) || length < Nonce + Tag)
            throw Damaged(site, hand);
        var plain = new byte[length - Nonce - Tag];
        try
        {
            using var cipher = new AesGcm(key, Tag);
            cipher.Decrypt(bytes.AsSpan(0, Nonce), bytes.AsSpan(Nonce, plain.Length), bytes.AsSpan(Nonce + plain.Length, Tag), plain, About(site, hand));
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged(site, hand);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    static SettingsException Damaged(string site, string hand) =>
        new([$"The sealed credentials of site {site} ({hand}) were changed, or are another site's. Seal them again: kedge site seal {site}"]);

    static byte[] About(string site, string hand) => Encoding.UTF8.GetBytes($"kedge-sealed-1\n{site}\n{hand}");

    static byte[] KeyOf(byte[] secret) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: "kedge-site-credentials"u8.ToArray());

    static string IdOf(byte[] secret) => Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 8, info: "kedge-site-credentials-id"u8.ToArray()));

    static byte[] OfFile(string path)
    {
        try
        {
            if ((File.GetUnixFileMode(path) & Others) != 0)
                throw new SettingsException([$"{FileVariable}: others may read or write {path}: chmod 600 {path}"]);
            var secret = File.ReadAllBytes(path);
            return secret.Length >= ShortestSecret ? secret : throw new SettingsException([$"{FileVariable}: {path} has {secret.Length} bytes; {ShortestSecret} random ones are needed at least."]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"{FileVariable}: {path} cannot be read: {e.Message}"]);
        }
    }

    static byte[] OfText(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= ShortestSecret
            ? bytes[..length]
            : throw new SettingsException([$"{KeyVariable} is not base64 of {ShortestSecret} bytes or more (head -c 32 /dev/urandom | base64)."]);
    }
}
