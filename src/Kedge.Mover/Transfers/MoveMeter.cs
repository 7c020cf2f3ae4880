using Kedge.Contracts.Moving;

namespace Kedge.Mover.Transfers;

/// <summary>Counts what a transfer does. Safe for concurrent use.</summary>
sealed class MoveMeter(TimeProvider time)
{
    static readonly TimeSpan Span = TimeSpan.FromSeconds(10);
    readonly Lock gate = new();
    readonly Queue<(long At, long Bytes)> samples = new();
    readonly long begun = time.GetTimestamp();
    volatile string phase = "beginning";
    long total;
    long done;
    long read;
    long written;
    long zeroed;
    long sent;

    public long ReadBytes => Volatile.Read(ref read);

    public long WrittenBytes => Volatile.Read(ref written);

    public long ZeroedBytes => Volatile.Read(ref zeroed);

    public long SentBytes => Volatile.Read(ref sent);

    public TimeSpan Elapsed => time.GetElapsedTime(begun);

    /// <summary>A new pass over the disk.</summary>
    public void Begin(string name, long sizeBytes)
    {
        lock (gate)
        {
            phase = name;
            Volatile.Write(ref total, sizeBytes);
            Volatile.Write(ref done, 0);
        }
    }

    public void Read(long bytes) => Interlocked.Add(ref read, bytes);

    public void Wrote(long bytes) => Interlocked.Add(ref written, bytes);

    public void Zeroed(long bytes) => Interlocked.Add(ref zeroed, bytes);

    public void Sent(long bytes) => Interlocked.Add(ref sent, bytes);

    /// <summary>The pass has come so far; what was reached before stays reached.</summary>
    public void Reached(long offset)
    {
        for (var before = Volatile.Read(ref done); offset > before;)
        {
            var found = Interlocked.CompareExchange(ref done, offset, before);
            if (found == before) return;
            before = found;
        }
    }

    /// <summary>As of now; the rate is that since the samples of the last seconds.</summary>
    public MoveProgress Progress()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            var bytes = ReadBytes + WrittenBytes;
            while (samples.TryPeek(out var oldest) && samples.Count > 1 && time.GetElapsedTime(oldest.At, now) > Span) samples.Dequeue();
            var (at, before) = samples.TryPeek(out var first) ? first : (begun, 0);
            samples.Enqueue((now, bytes));
            if (samples.Count > 100) samples.Dequeue();
            var seconds = time.GetElapsedTime(at, now).TotalSeconds;
            return new MoveProgress(total, Math.Min(total, Volatile.Read(ref done)), SentBytes, seconds > 0 ? (long)((bytes - before) / seconds) : 0, phase);
        }
    }
}
