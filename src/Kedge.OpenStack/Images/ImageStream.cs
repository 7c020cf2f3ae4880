using Kedge.OpenStack.Http;

namespace Kedge.OpenStack.Images;

/// <summary>The bytes of an image while they arrive. Its end is reached only when all were received and the hash is right.</summary>
internal sealed class ImageStream(HttpResponseMessage response, Stream body, Image image, ImageBody from) : Stream
{
    readonly ImageHash hash = ImageHash.OfDownload(image);

    /// <summary>What was received; null before the end.</summary>
    public ImageTransfer? Received { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => hash.Bytes;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Received is not null || buffer.Length == 0)
            return 0;
        var count = await ReadOrFailAsync(buffer, cancellationToken);
        hash.Add(buffer.Span[..count]);
        if (count > 0)
            return count;
        var received = hash.End();
        if (hash.DiffersFrom(image))
            throw from.Failed(Fault.Corrupt, $"{hash.Bytes} bytes were received, and their hash is not the one that the cloud promised", response, null);
        Received = received;
        return 0;
    }

    async ValueTask<int> ReadOrFailAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        using var stalled = new CancellationTokenSource(from.Connection.Limits.StallTimeout, from.Connection.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stalled.Token, cancel);
        try
        {
            return await body.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw from.Failed(Fault.Unavailable, $"nothing has come for {from.Connection.Limits.StallTimeout.TotalSeconds:0} s, after {hash.Bytes} bytes", response, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw from.Failed(Fault.Unavailable, $"the connection broke after {hash.Bytes} bytes", response, e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Images are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
            response.Dispose();
            hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
