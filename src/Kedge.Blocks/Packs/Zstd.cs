using System.Runtime.InteropServices;

namespace Kedge.Blocks.Packs;

/// <summary>
/// libzstd's one-shot calls with contexts that are reused; one instance per lane, not for two threads. .NET 11 brings zstd in the box; until then this
/// is Debian's libzstd1.
/// </summary>
sealed unsafe partial class Zstd : IDisposable
{
    /// <summary>Level 1: see docs/decisions/0010-blocks.md for what it costs and gives.</summary>
    public const int Level = 1;

    /// <summary>Matches from 5 bytes on and a hash table of 2^15, instead of 6 and 2^14: 1.6 % smaller on disks of file systems, for no time that could be measured.</summary>
    public const int MinMatch = 5;

    /// <summary>See <see cref="MinMatch"/>; 128 KiB, which leaves the second cache to the block.</summary>
    public const int HashLog = 15;

    const int CompressionLevel = 100;
    const int HashLogParameter = 102;
    const int MinMatchParameter = 105;
    nint compressing;
    nint decompressing;

    public Zstd()
    {
        compressing = CreateCCtx();
        decompressing = CreateDCtx();
        if (compressing == 0 || decompressing == 0) throw new InvalidOperationException("libzstd gave no context.");
        _ = SetParameter(compressing, CompressionLevel, Level);
        _ = SetParameter(compressing, HashLogParameter, HashLog);
        _ = SetParameter(compressing, MinMatchParameter, MinMatch);
    }

    /// <summary>The length of the frame; 0 when it would not be shorter than <paramref name="target"/>, which is how content that does not compress is found.</summary>
    public int TryCompress(ReadOnlySpan<byte> content, Span<byte> target)
    {
        ObjectDisposedException.ThrowIf(compressing == 0, this);
        fixed (byte* from = content, to = target)
        {
            var length = Compress2(compressing, to, (nuint)target.Length, from, (nuint)content.Length);
            return IsError(length) != 0 ? 0 : (int)length;
        }
    }

    /// <summary>True when the frame was sound and filled the target exactly.</summary>
    public bool TryDecompress(ReadOnlySpan<byte> frame, Span<byte> target)
    {
        ObjectDisposedException.ThrowIf(decompressing == 0, this);
        fixed (byte* from = frame, to = target)
        {
            var length = DecompressDCtx(decompressing, to, (nuint)target.Length, from, (nuint)frame.Length);
            return IsError(length) == 0 && length == (nuint)target.Length;
        }
    }

    public void Dispose()
    {
        _ = FreeCCtx(compressing);
        _ = FreeDCtx(decompressing);
        compressing = decompressing = 0;
    }

    const string Library = "libzstd.so.1";

    [LibraryImport(Library, EntryPoint = "ZSTD_createCCtx")]
    private static partial nint CreateCCtx();

    [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
    private static partial nint CreateDCtx();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeCCtx")]
    private static partial nuint FreeCCtx(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
    private static partial nuint FreeDCtx(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_CCtx_setParameter")]
    private static partial nuint SetParameter(nint context, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_compress2")]
    private static partial nuint Compress2(nint context, byte* target, nuint capacity, byte* source, nuint length);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressDCtx")]
    private static partial nuint DecompressDCtx(nint context, byte* target, nuint capacity, byte* source, nuint length);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint code);
}
