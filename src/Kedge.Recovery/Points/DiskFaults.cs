namespace Kedge.Recovery.Points;

/// <summary>What the file system answers, told so that a person knows what to do.</summary>
static class DiskFaults
{
    // errno as .NET on Linux puts it into HResult.
    const int NoSpace = 28;
    const int ReadOnlyFileSystem = 30;
    const int QuotaExceeded = 122;

    public static RepositoryException Explain(string doing, string path, Exception fault) => fault switch
    {
        UnauthorizedAccessException => new($"{doing}: {path} may not be accessed by this user. Give it to the user that runs kedge.", fault),
        IOException { HResult: NoSpace or QuotaExceeded } => new($"{doing}: the disk under {path} is full. Nothing was changed; free some space and run it again.", fault),
        IOException { HResult: ReadOnlyFileSystem } => new($"{doing}: the file system under {path} is read-only. Mount it writable and run it again.", fault),
        _ => new($"{doing}: {path}: {fault.Message}", fault),
    };

    public static async Task<T> TellAsync<T>(string doing, string path, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explain(doing, path, e);
        }
    }
}
