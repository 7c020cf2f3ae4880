using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kedge.Bench.Blocks;

/// <summary>What one core of this machine can do at most, stage by stage, on the data of the comparison.</summary>
sealed partial class Limits
{
    const int Block = 1 << 18;
    readonly byte[] data;
    readonly byte[] target = new byte[Block * 2];

    Limits(byte[] data) => this.data = data;

    /// <summary>GB/s by stage.</summary>
    public static Dictionary<string, double> Measure(byte[] sample)
    {
        var limits = new Limits(sample);
        using var cipher = new AesGcm(new byte[32], 16);
        var context = CreateCCtx();
        // Level 1 with the repository's own hash table and shortest match.
        foreach (var (parameter, value) in ((int, int)[])[(100, 1), (102, 15), (105, 5)]) _ = SetParameter(context, parameter, value);
        var nonce = new byte[12];
        var tag = new byte[16];
        var hash = new byte[32];
        var rates = new Dictionary<string, double>
        {
            ["read"] = limits.Rate((b, t) => b.CopyTo(t)),
            ["gmac"] = limits.Rate((b, _) => cipher.Encrypt(nonce, default, default, tag, b)),
            ["sha256"] = limits.Rate((b, _) => SHA256.HashData(b, hash)),
            ["zstd"] = limits.Rate((b, t) => _ = Compress2(context, ref MemoryMarshal.GetReference(t), (nuint)t.Length, in MemoryMarshal.GetReference(b), (nuint)b.Length)),
            ["aes"] = limits.Rate((b, t) => cipher.Encrypt(nonce, b, t[..b.Length], tag)),
        };
        _ = FreeCCtx(context);
        return rates;
    }

    delegate void Stage(ReadOnlySpan<byte> block, Span<byte> target);

    /// <summary>The best of several passes, as a limit should be.</summary>
    double Rate(Stage stage)
    {
        var best = 0.0;
        for (var pass = 0; pass < 5; pass++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var at = 0; at + Block <= data.Length; at += Block) stage(data.AsSpan(at, Block), target);
            best = Math.Max(best, data.Length / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }
        return best;
    }

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_createCCtx")]
    private static partial nint CreateCCtx();

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_freeCCtx")]
    private static partial nuint FreeCCtx(nint context);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_CCtx_setParameter")]
    private static partial nuint SetParameter(nint context, int parameter, int value);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_compress2")]
    private static partial nuint Compress2(nint context, ref byte target, nuint capacity, in byte source, nuint length);
}
