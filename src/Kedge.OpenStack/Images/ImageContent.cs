using System.Buffers;
using System.Net;

namespace Kedge.OpenStack.Images;

/// <summary>Sends the bytes of an image piece by piece, hashes them on the way, and says each time that something has moved.</summary>
internal sealed class ImageContent(Stream source, long? length, ImageHash hash, Action moved) : HttpContent
{
    const int PieceBytes = 1 << 20;

    /// <summary>Why the source could not be read; a failure there is not the cloud's.</summary>
    public IOException? SourceFailure { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (int count; (count = await ReadAsync(piece.AsMemory(0, PieceBytes), cancellationToken)) > 0;)
            {
                hash.Add(piece.AsSpan(0, count));
                await stream.WriteAsync(piece.AsMemory(0, count), cancellationToken);
                moved();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    async ValueTask<int> ReadAsync(Memory<byte> piece, CancellationToken cancel)
    {
        try
        {
            var count = await source.ReadAsync(piece, cancel);
            moved();
            return count;
        }
        catch (IOException e)
        {
            SourceFailure = e;
            throw;
        }
    }

    protected override bool TryComputeLength(out long bytes)
    {
        bytes = length ?? 0;
        return length is not null;
    }
}
