using System.Globalization;
using System.Runtime.CompilerServices;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Stores;

namespace Kedge.Output;

/// <summary>What takes long says on standard error how far it is: on a terminal in place each second, in a log as a line each minute.</summary>
static class ProgressLine
{
    static readonly TimeSpan OnTerminal = TimeSpan.FromSeconds(1);
    static readonly TimeSpan InLog = TimeSpan.FromMinutes(1);

    public static async Task<T> WhileAsync<T>(Task<T> work, Func<string> text, Surroundings around, CancellationToken cancel)
    {
        var shown = 0;
        while (await Task.WhenAny(work, Task.Delay(around.IsTerminal ? OnTerminal : InLog, around.Clock, cancel)) != work && !cancel.IsCancellationRequested)
        {
            var line = text();
            if (!around.IsTerminal) around.Error.WriteLine(line);
            else around.Error.Write($"\r{line.PadRight(shown)}");
            shown = line.Length;
        }
        if (around.IsTerminal && shown > 0) around.Error.Write($"\r{new string(' ', shown)}\r");
        return await work;
    }

    public static string Mib(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0} MiB");
}

/// <summary>A store that counts what is read from it.</summary>
sealed class CountedStore(IStore inner) : IStore
{
    long reads;
    long bytes;

    public string Text() => $"{Interlocked.Read(ref reads)} reads, {ProgressLine.Mib(Interlocked.Read(ref bytes))}";

    public ValueTask<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel) => inner.PutAsync(name, content, cancel);

    public async ValueTask<int> ReadAsync(string name, long offset, Memory<byte> into, CancellationToken cancel)
    {
        var got = await inner.ReadAsync(name, offset, into, cancel);
        Interlocked.Increment(ref reads);
        Interlocked.Add(ref bytes, Math.Max(0, got));
        return got;
    }

    public ValueTask<StoredObject?> FindAsync(string name, CancellationToken cancel) => inner.FindAsync(name, cancel);

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var found in inner.ListAsync(prefix, cancel)) yield return found;
    }

    public ValueTask DeleteAsync(string name, CancellationToken cancel) => inner.DeleteAsync(name, cancel);
}

/// <summary>A device that counts what is read from and written to it.</summary>
sealed class CountedDevice(IDevice inner) : IDevice
{
    long read;
    long written;

    public long Read => Interlocked.Read(ref read);

    public long Written => Interlocked.Read(ref written);

    public long SizeBytes => inner.SizeBytes;

    public int ReadsAhead => inner.ReadsAhead;

    public ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancel)
    {
        Interlocked.Add(ref read, into.Length);
        return inner.ReadAsync(offset, into, cancel);
    }

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        Interlocked.Add(ref written, content.Length);
        return inner.WriteAsync(offset, content, cancel);
    }

    public ValueTask ZeroAsync(long offset, long length, CancellationToken cancel) => inner.ZeroAsync(offset, length, cancel);

    public ValueTask FlushAsync(CancellationToken cancel) => inner.FlushAsync(cancel);

    public ValueTask FindContentAsync(Extent range, List<Extent> content, CancellationToken cancel) => inner.FindContentAsync(range, content, cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
