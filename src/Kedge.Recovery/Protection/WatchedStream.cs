using System.Globalization;
using Kedge.Plans;

namespace Kedge.Recovery.Protection;

/// <summary>Tells how far a transfer is, while the bytes pass.</summary>
sealed class WatchedStream(Stream inner, long totalBytes, StepRun run) : Stream
{
    const double Mebibyte = 1024 * 1024;

    long passedBytes;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => passedBytes;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Passed(inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Passed(await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    int Passed(int bytes)
    {
        passedBytes += bytes;
        var text = string.Create(CultureInfo.InvariantCulture, $"{passedBytes / Mebibyte:0} of {totalBytes / Mebibyte:0} MiB");
        run.Progress(text, totalBytes > 0 ? Math.Min(1, (double)passedBytes / totalBytes) : null);
        return bytes;
    }
}
