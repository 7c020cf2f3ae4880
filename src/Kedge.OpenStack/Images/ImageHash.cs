using System.Security.Cryptography;

namespace Kedge.OpenStack.Images;

/// <summary>Hashes the bytes of an image as they pass: SHA-512 always, and what the cloud may want compared besides.</summary>
internal sealed class ImageHash : IDisposable
{
    /// <summary>As Glance names them; the last is its older checksum, the only one that old clouds have.</summary>
    const string Sha512 = "sha512";
    const string Sha256 = "sha256";
    const string Md5 = "md5";

    readonly Dictionary<string, IncrementalHash> running = [];
    readonly Dictionary<string, string> ended = [];

    ImageHash(params ReadOnlySpan<string> algorithms)
    {
        foreach (var algorithm in algorithms)
            running[algorithm] = IncrementalHash.CreateHash(new(algorithm.ToUpperInvariant()));
    }

    public long Bytes { get; private set; }

    /// <summary>For a download: only what the cloud promises needs to be compared.</summary>
    public static ImageHash OfDownload(Image image) => Promised(image) is ({ } algorithm, _) && algorithm != Sha512 ? new(Sha512, algorithm) : new(Sha512);

    /// <summary>For an upload: the cloud says only afterwards what it computed.</summary>
    public static ImageHash OfUpload() => new(Sha512, Sha256, Md5);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var hash in running.Values)
            hash.AppendData(bytes);
        Bytes += bytes.Length;
    }

    public ImageTransfer End()
    {
        foreach (var (algorithm, hash) in running)
            ended[algorithm] = Convert.ToHexStringLower(hash.GetHashAndReset());
        return new(Bytes, ended[Sha512]);
    }

    /// <summary>After the end: whether these were other bytes than the cloud says the image has. What it does not say cannot differ.</summary>
    public bool DiffersFrom(Image image) =>
        Promised(image) is ({ } algorithm, { } value) && ended.TryGetValue(algorithm, out var ours) && !string.Equals(value, ours, StringComparison.OrdinalIgnoreCase);

    static (string? Algorithm, string? Value) Promised(Image image) => image switch
    {
        { OsHashAlgorithm: Sha512 or Sha256, OsHashValue: { Length: > 0 } value } => (image.OsHashAlgorithm, value),
        { Checksum: { Length: > 0 } value } => (Md5, value),
        _ => (null, null),
    };

    public void Dispose()
    {
        foreach (var hash in running.Values)
            hash.Dispose();
    }
}
