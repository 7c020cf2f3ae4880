namespace Kedge.Recovery.Formats;

/// <summary>
/// Files of some KiB. On Linux .NET's asynchronous file I/O is a blocking call on another thread: for these it would only cost a switch of
/// threads, and let the order of events depend on it.
/// </summary>
static class SmallFile
{
    public static Task<byte[]> ReadAsync(string path, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return Task.FromResult(File.ReadAllBytes(path));
    }
}
