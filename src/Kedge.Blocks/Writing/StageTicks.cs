using System.Diagnostics;

namespace Kedge.Blocks.Writing;

/// <summary>Where the time of a transfer went, in ticks of <see cref="Stopwatch"/>, summed over its lanes, with the bytes that went through each stage.</summary>
public struct StageTicks
{
    /// <summary>Reading the source, or the store.</summary>
    public long Read { get; internal set; }

    /// <summary>GMAC.</summary>
    public long Fingerprint { get; internal set; }

    /// <summary>HMAC-SHA-256.</summary>
    public long Address { get; internal set; }

    /// <summary>zstd.</summary>
    public long Compress { get; internal set; }

    /// <summary>AES-256-GCM.</summary>
    public long Encrypt { get; internal set; }

    /// <summary>Bytes read.</summary>
    public long ReadBytes { get; internal set; }

    /// <summary>Bytes of which a fingerprint was made.</summary>
    public long FingerprintBytes { get; internal set; }

    /// <summary>Bytes of which an address was made; what zstd saw is the new part of them.</summary>
    public long AddressBytes { get; internal set; }

    /// <summary>Bytes that zstd saw.</summary>
    public long CompressBytes { get; internal set; }

    /// <summary>Bytes that were encrypted.</summary>
    public long EncryptBytes { get; internal set; }

    internal static long Now() => Stopwatch.GetTimestamp();

    internal void Add(in StageTicks other)
    {
        Read += other.Read;
        Fingerprint += other.Fingerprint;
        Address += other.Address;
        Compress += other.Compress;
        Encrypt += other.Encrypt;
        ReadBytes += other.ReadBytes;
        FingerprintBytes += other.FingerprintBytes;
        AddressBytes += other.AddressBytes;
        CompressBytes += other.CompressBytes;
        EncryptBytes += other.EncryptBytes;
    }
}
