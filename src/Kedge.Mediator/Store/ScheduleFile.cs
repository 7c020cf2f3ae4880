using System.Globalization;
using Dapper;
using Kedge.Plans;
using Microsoft.Data.Sqlite;

namespace Kedge.Mediator.Store;

/// <summary>
/// The file of an embedded mediator's schedules. Nothing in it cannot be made again from workloads and open runs: damaged, it may be
/// moved away.
/// </summary>
static class ScheduleFile
{
    /// <exception cref="JournalException">It cannot be opened, or is from a newer version.</exception>
    public static void Prepare(string path, TimeProvider clock) => Prepare(path, Scripts.Of("sqlite"), clock);

    internal static void Prepare(string path, IReadOnlyList<Script> scripts, TimeProvider clock)
    {
        try
        {
            SqliteFile.Touch(path, "file of schedules");
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 15 }.ToString());
            connection.Open();
            connection.ExecuteScalar<string>("PRAGMA journal_mode = WAL");
            Migrate(connection, path, scripts, clock.GetUtcNow());
        }
        catch (SqliteException e)
        {
            throw new JournalException(
                JournalFault.Inaccessible, $"The schedules {path} cannot be opened: {e.Message}.", "Check the data directory; a damaged file may be moved away, it is made again.", e);
        }
    }

    static void Migrate(SqliteConnection connection, string path, IReadOnlyList<Script> scripts, DateTimeOffset now)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, script TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT", transaction: transaction);
        var version = connection.ExecuteScalar<int>("SELECT coalesce(max(version), 0) FROM schema_version", transaction: transaction);
        if (version > scripts.Count)
        {
            throw new JournalException(
                JournalFault.FromNewerVersion, $"The schedules {path} have schema version {version}; this program knows up to {scripts.Count}.", "Use the newer version of kedge that wrote them, or move the file away.");
        }
        foreach (var script in scripts.Where(script => script.Version > version))
        {
            connection.Execute(script.Sql, transaction: transaction);
            connection.Execute(
                "INSERT INTO schema_version (version, script, applied_at) VALUES (@Version, @Name, @at)",
                new { script.Version, script.Name, at = now.ToString("O", CultureInfo.InvariantCulture) },
                transaction);
        }
        transaction.Commit();
    }
}
