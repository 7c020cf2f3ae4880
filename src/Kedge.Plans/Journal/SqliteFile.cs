using Microsoft.Data.Sqlite;

namespace Kedge.Plans;

/// <summary>The file under a <see cref="SqliteJournal"/>: how it comes to be, and what its failures mean to an operator.</summary>
public static class SqliteFile
{
    // https://www.sqlite.org/rescode.html
    private const int Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    /// <summary>Made before SQLite would make it, since user-data in a plan is nobody else's to read; -wal and -shm inherit the mode.</summary>
    /// <param name="noun">What it is, for the error.</param>
    /// <exception cref="JournalException">It cannot be opened.</exception>
    public static void Touch(string path, string noun)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            File.Open(path, options).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(JournalFault.Inaccessible, $"The {noun} {path} cannot be opened: {e.Message}", "Check the data directory and its owner.", e);
        }
    }

    internal static JournalException Explain(string path, SqliteException e) => e.SqliteErrorCode switch
    {
        Full => new(JournalFault.DiskFull, $"There is no room left for the journal {path}; the last event was not written.", "Free some space and resume the run.", e),
        Busy or Locked => new(JournalFault.Busy, $"The journal {path} is held by another process.", "Find who holds it, and try again.", e),
        Corrupt or NotADatabase => SqliteSchema.Damaged(path, e.Message, e),
        ReadOnly or CannotOpen => new(JournalFault.Inaccessible, $"The journal {path} cannot be written: {e.Message}.", "Check the rights of the data directory.", e),
        IoError => new(JournalFault.Inaccessible, $"Reading or writing the journal {path} failed: {e.Message}.", "Check the space and the health of the device, then resume the run.", e),
        _ => new(JournalFault.Inaccessible, $"The journal {path} failed: {e.Message}.", "Report this with the message.", e),
    };
}
