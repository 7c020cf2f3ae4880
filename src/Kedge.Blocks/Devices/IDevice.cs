namespace Kedge.Blocks.Devices;

/// <summary>A range of a device.</summary>
public readonly record struct Extent(long OffsetBytes, long LengthBytes)
{
    /// <summary>The first byte behind it.</summary>
    public long EndBytes => OffsetBytes + LengthBytes;
}

/// <summary>
/// A disk to read or write: a file, a block device, an NBD export. Failures are <see cref="DeviceException"/>. Calls may run side by side.
/// </summary>
public interface IDevice : IAsyncDisposable
{
    /// <summary>Its size; it does not change while open.</summary>
    long SizeBytes { get; }

    /// <summary>How many reads of a block are worth having under way per reader: 1 where a read costs no waiting.</summary>
    int ReadsAhead { get; }

    /// <summary>Fills the whole buffer; the range is within the device.</summary>
    ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancel);

    /// <summary>Writes all of it; durable after <see cref="FlushAsync"/>.</summary>
    ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> content, CancellationToken cancel);

    /// <summary>Makes the range read as zeros, giving its space back where the device can.</summary>
    ValueTask ZeroAsync(long offset, long length, CancellationToken cancel);

    /// <summary>What was written is durable when this returns.</summary>
    ValueTask FlushAsync(CancellationToken cancel);

    /// <summary>Adds the parts of the range that may hold anything but zeros, in ascending order. All of the range is a correct answer.</summary>
    ValueTask FindContentAsync(Extent range, List<Extent> content, CancellationToken cancel);
}

/// <summary>A device failed to do what was asked.</summary>
public sealed class DeviceException(DeviceFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of failure it is.</summary>
    public DeviceFault Fault { get; } = fault;

    /// <summary>Whether a new connection or another try may help.</summary>
    public bool IsTransient => Fault is DeviceFault.Unavailable or DeviceFault.TimedOut;
}

/// <summary>Why a device failed.</summary>
public enum DeviceFault
{
    /// <summary>No connection, or it was lost.</summary>
    Unavailable,

    /// <summary>It did not answer in time. A write may have happened.</summary>
    TimedOut,

    /// <summary>It answered with an error for this request.</summary>
    Failed,

    /// <summary>It said something that the protocol does not allow; the connection is closed.</summary>
    Protocol,

    /// <summary>It cannot do this, or does not let us.</summary>
    Refused,
}
