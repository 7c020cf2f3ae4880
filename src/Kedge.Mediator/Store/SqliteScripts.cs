using System.Globalization;
using Dapper;
using Kedge.Plans;
using Microsoft.Data.Sqlite;

namespace Kedge.Mediator.Store;

/// <summary>A file of SQLite that is brought to today's schema by scripts.</summary>
/// <param name="What">What is in it, in the plural, for messages.</param>
/// <param name="WhenDamaged">What a person can do about it.</param>
sealed record SqliteScripts(string What, string WhenDamaged)
{
    /// <summary>Made readable by its owner alone.</summary>
    /// <exception cref="JournalException">It cannot be opened, or is from a newer version.</exception>
    public void Apply(string path, IReadOnlyList<Script> scripts, TimeProvider clock)
    {
        try
        {
            SqliteFile.Touch(path, $"file of {What}");
            using var connection = new SqliteConnection(ConnectionTo(path));
            connection.Open();
            connection.ExecuteScalar<string>("PRAGMA journal_mode = WAL");
            Migrate(connection, path, scripts, clock.GetUtcNow());
        }
        catch (SqliteException e)
        {
            throw new JournalException(JournalFault.Inaccessible, $"The {What} {path} cannot be opened: {e.Message}.", $"Check the data directory; {WhenDamaged}", e);
        }
    }

    public static string ConnectionTo(string path) => new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 15 }.ToString();

    void Migrate(SqliteConnection connection, string path, IReadOnlyList<Script> scripts, DateTimeOffset now)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, script TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT", transaction: transaction);
        var version = connection.ExecuteScalar<int>("SELECT coalesce(max(version), 0) FROM schema_version", transaction: transaction);
        if (version > scripts.Count)
        {
            throw new JournalException(
                JournalFault.FromNewerVersion, $"The {What} {path} have schema version {version}; this program knows up to {scripts.Count}.", "Use the newer version of kedge that wrote them, or move the file away.");
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
