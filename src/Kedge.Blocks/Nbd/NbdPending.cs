using Kedge.Blocks.Devices;

namespace Kedge.Blocks.Nbd;

/// <summary>A request that waits for its answer. Only the receiver touches it once it is sent.</summary>
sealed class NbdPending(ushort type, long offset, Memory<byte> into, uint context, List<NbdStatus>? statuses)
{
    const int MaxParts = 65_536;
    readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    List<(int At, int Length)>? parts;
    int covered;
    bool hasStatus;

    public Task Done => done.Task;

    public ushort Type => type;

    public Memory<byte> Into => into;

    public DeviceException? Error { get; set; }

    /// <summary>The part of the buffer that the chunk is about; throws when the server speaks of anything that was not asked, or twice.</summary>
    public Memory<byte> Part(ulong at, uint length)
    {
        var relative = at - (ulong)offset;
        if (type != NbdWire.Read || at < (ulong)offset || relative > (ulong)into.Length || length == 0 || length > (ulong)into.Length - relative)
            throw new DeviceException(DeviceFault.Protocol, "it sent a part that was not asked for");
        parts ??= [];
        if (parts.Count >= MaxParts) throw new DeviceException(DeviceFault.Protocol, "it cuts its answer into too many parts");
        parts.Add(((int)relative, (int)length));
        return into.Slice((int)relative, (int)length);
    }

    public void Whole() => covered = into.Length;

    public void AddStatus(ReadOnlySpan<byte> payload)
    {
        if (statuses is null) throw new DeviceException(DeviceFault.Protocol, "it sent a status that was not asked for");
        // All contexts that were negotiated come with each answer; this request is about one of them.
        if (NbdWire.U32(payload) != context) return;
        if (hasStatus) throw new DeviceException(DeviceFault.Protocol, "it sent a status twice");
        hasStatus = true;
        for (var at = 4; at < payload.Length; at += 8)
        {
            var length = NbdWire.U32(payload[at..]);
            if (length == 0) throw new DeviceException(DeviceFault.Protocol, "it sent a status about nothing");
            statuses.Add(new NbdStatus(length, NbdWire.U32(payload[(at + 4)..])));
        }
    }

    /// <summary>The last chunk has come. An answer with gaps is not an answer.</summary>
    public void Complete()
    {
        if (Error is null && type == NbdWire.Read && covered != into.Length && !IsCovered()) throw new DeviceException(DeviceFault.Protocol, "its answer to a read has gaps or overlaps");
        if (Error is null && type == NbdWire.BlockStatus && !hasStatus) throw new DeviceException(DeviceFault.Protocol, "its answer has no status");
        if (Error is null) done.TrySetResult();
        else done.TrySetException(Error);
    }

    public void Fail(DeviceException why) => done.TrySetException(why);

    bool IsCovered()
    {
        if (parts is null) return false;
        parts.Sort();
        var end = 0;
        foreach (var (at, length) in parts)
        {
            if (at != end) return false;
            end += length;
        }
        return end == into.Length;
    }
}

/// <summary>One extent of a block status.</summary>
readonly record struct NbdStatus(uint LengthBytes, uint Flags);
