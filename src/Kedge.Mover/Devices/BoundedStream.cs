namespace Kedge.Mover.Devices;

/// <summary>What another program says, up to so many bytes; one more is an <see cref="InvalidDataException"/>. The stream below stays its owner's.</summary>
sealed class BoundedStream(Stream inner, long limitBytes) : Stream
{
    long read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Counted(await inner.ReadAsync(buffer, cancellationToken));

    public override int Read(byte[] buffer, int offset, int count) => Counted(inner.Read(buffer, offset, count));

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    int Counted(int more) => (read += more) <= limitBytes ? more : throw new InvalidDataException($"It is longer than {limitBytes} bytes.");
}
