using System.Runtime.InteropServices;

namespace Kedge.Blocks.Devices;

/// <summary>Buffers on page boundaries, as O_DIRECT wants them.</summary>
static class AlignedBuffer
{
    public const int Boundary = 4096;

    public static Memory<byte> New(int length)
    {
        var array = GC.AllocateUninitializedArray<byte>(length + Boundary, pinned: true);
        var start = (int)((Boundary - Marshal.UnsafeAddrOfPinnedArrayElement(array, 0) % Boundary) % Boundary);
        return array.AsMemory(start, length);
    }

    public static unsafe bool IsAligned(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer) return (nuint)start % Boundary == 0;
    }
}
