using Kedge.Sandbox.Bytes;
using Kedge.Sandbox.Cloud;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>
/// A volume as the host sees it that has attached it through /attachments: its bytes, for as long as the attachment stands. Afterwards, or when
/// the cloud is dead, every call is an <see cref="IOException"/>.
/// </summary>
public sealed class AttachedDisk
{
    readonly CloudState cloud;
    readonly Lock gate;
    readonly Func<bool> isAlive;
    readonly string attachment;

    internal AttachedDisk(CloudState cloud, Lock gate, Func<bool> isAlive, string attachment)
    {
        (this.cloud, this.gate, this.isAlive, this.attachment) = (cloud, gate, isAlive, attachment);
        SizeBytes = With(content => content.LengthBytes);
    }

    public long SizeBytes { get; }

    public void Read(long offset, Memory<byte> into) => With(content =>
    {
        content.Read(offset, into.Span);
        return 0;
    });

    public void Write(long offset, ReadOnlyMemory<byte> bytes) => With(content =>
    {
        content.Write(offset, bytes.Span);
        return 0;
    });

    public void Zero(long offset, long length) => With(content =>
    {
        content.Clear(offset, length);
        return 0;
    });

    /// <summary>The parts of a range that were ever written, ascending.</summary>
    public IReadOnlyList<(long OffsetBytes, long LengthBytes)> FindContent(long offset, long length) => With(content => content.Written(offset, length));

    T With<T>(Func<SparseBytes, T> use)
    {
        lock (gate)
        {
            var found = isAlive() ? cloud.Cinder.Attachments.Find(attachment) : null;
            return found is { Connector: not null } ? use(found.Volume.Content) : throw new IOException($"There is no connection {attachment}.");
        }
    }
}
