namespace Kedge.Mediator.Desk;

/// <summary>
/// Whoever reads a record in order to change it holds this: a lock on a file in the data directory, so that it holds between the processes
/// that share one. It lasts for milliseconds.
/// </summary>
sealed class RecordsGate(string dataPath, TimeProvider clock)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <exception cref="ProblemException">Somebody else holds it all the time.</exception>
    public async Task<IAsyncDisposable> EnterAsync(CancellationToken cancel)
    {
        Directory.CreateDirectory(dataPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(dataPath, "records.lock");
        var until = clock.GetUtcNow() + Patience;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (clock.GetUtcNow() >= until)
            {
                throw new ProblemException(V1.ProblemCodes.StorageFailed, $"{path} is held by somebody else: {e.Message}", e);
            }
            catch (IOException)
            {
                await Task.Delay(Pause, clock, cancel);
            }
        }
    }
}
