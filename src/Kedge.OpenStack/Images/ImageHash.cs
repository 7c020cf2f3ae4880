using System.Security.Cryptography;

namespace Kedge.OpenStack.Images;

/// <summary>Hashes the bytes of an image as they pass: SHA-512 always, and what the cloud compares with when that is another.</summary>
internal sealed class ImageHash : IDisposable
{
    readonly IncrementalHash sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
    readonly IncrementalHash? other;
    readonly string? promised;

    ImageHash(HashAlgorithmName? algorithm, string? promised)
    {
        other = algorithm is { } name ? IncrementalHash.CreateHash(name) : null;
        this.promised = promised;
    }

    public long Bytes { get; private set; }

    /// <summary>Compares with what the cloud says of an image: its multihash, else its MD5, else nothing.</summary>
    public static ImageHash Of(Image image) => image switch
    {
        { OsHashAlgorithm: "sha512", OsHashValue: { Length: > 0 } value } => new(null, value),
        { OsHashAlgorithm: "sha256", OsHashValue: { Length: > 0 } value } => new(HashAlgorithmName.SHA256, value),
        { Checksum: { Length: > 0 } value } => new(HashAlgorithmName.MD5, value),
        _ => new(null, null),
    };

    /// <summary>For an upload: the cloud says only afterwards what it computed.</summary>
    public static ImageHash OfUpload() => new(HashAlgorithmName.MD5, null);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        sha512.AppendData(bytes);
        other?.AppendData(bytes);
        Bytes += bytes.Length;
    }

    /// <summary>Ends it; <see cref="IsRight"/> afterwards.</summary>
    public ImageTransfer End()
    {
        var hash = Convert.ToHexStringLower(sha512.GetHashAndReset());
        Other = other is null ? null : Convert.ToHexStringLower(other.GetHashAndReset());
        IsRight = promised is null || string.Equals(promised, Other ?? hash, StringComparison.OrdinalIgnoreCase);
        return new(Bytes, hash);
    }

    public bool IsRight { get; private set; }

    public string? Other { get; private set; }

    public void Dispose()
    {
        sha512.Dispose();
        other?.Dispose();
    }
}
