using System.Collections.Immutable;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Kedge.Plans;

/// <summary>The tables of a journal file and the steps that lead an older file to today's. Version n is what the first n steps make.</summary>
internal static class SqliteSchema
{
    /// <summary>"Kdge": tells our files from other programs' SQLite files.</summary>
    private const int ApplicationId = 0x4B646765;

    private static readonly ImmutableArray<string> Steps =
    [
        """
        CREATE TABLE runs (
            run           TEXT    NOT NULL PRIMARY KEY,
            kind          TEXT    NOT NULL,
            title         TEXT    NOT NULL,
            subject       TEXT    NOT NULL,
            exclusive_key TEXT    NOT NULL,
            owner         TEXT    NOT NULL,
            phase         TEXT    NOT NULL,
            is_ended      INTEGER NOT NULL,
            epoch         INTEGER NOT NULL,
            last_seq      INTEGER NOT NULL,
            accepted_at   TEXT    NOT NULL,
            last_event_at TEXT    NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX one_open_run_per_key ON runs (exclusive_key) WHERE is_ended = 0;
        CREATE TABLE events (
            run   TEXT    NOT NULL REFERENCES runs (run),
            seq   INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            at    TEXT    NOT NULL,
            event TEXT    NOT NULL,
            PRIMARY KEY (run, seq)
        ) STRICT;
        """,
        """
        CREATE INDEX runs_of_subject ON runs (subject, kind, accepted_at);
        CREATE INDEX open_runs ON runs (accepted_at) WHERE is_ended = 0;
        """,
    ];

    public static int Newest => Steps.Length;

    /// <summary>Two processes may do this at once: the second finds the first one's work inside its own transaction.</summary>
    public static void Prepare(SqliteConnection connection, string path, DateTimeOffset now)
    {
        connection.Execute("PRAGMA busy_timeout = 10000");
        RefuseStrangers(connection, path);
        connection.ExecuteScalar<string>("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864;");

        using var transaction = connection.BeginTransaction();
        connection.Execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, applied_at TEXT NOT NULL) STRICT", transaction: transaction);
        var version = connection.ExecuteScalar<int>("SELECT coalesce(max(version), 0) FROM schema_version", transaction: transaction);
        if (version > Newest)
        {
            throw new JournalException(
                JournalFault.FromNewerVersion,
                $"The journal {path} has schema version {version}; this program knows up to {Newest}.",
                "Use the newer version of kedge that wrote it; nothing was changed.");
        }

        for (var next = version + 1; next <= Newest; next++)
        {
            connection.Execute(Steps[next - 1], transaction: transaction);
            connection.Execute(
                "INSERT INTO schema_version (version, applied_at) VALUES (@next, @at)",
                new { next, at = now.ToString("O", CultureInfo.InvariantCulture) },
                transaction);
        }

        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"), transaction: transaction);
        transaction.Commit();
    }

    private static void RefuseStrangers(SqliteConnection connection, string path)
    {
        var owner = connection.ExecuteScalar<int>("PRAGMA application_id");
        var tables = connection.ExecuteScalar<int>("SELECT count(*) FROM sqlite_master");
        if (tables > 0 && owner != ApplicationId)
            throw new JournalException(JournalFault.Damaged, $"{path} is a database of another program.", "Point kedge at another file; nothing was changed.");
        var report = connection.ExecuteScalar<string>("PRAGMA quick_check(1)");
        if (report != "ok")
            throw Damaged(path, report ?? "no answer", null);
    }

    public static JournalException Damaged(string path, string how, Exception? inner) => new(
        JournalFault.Damaged,
        $"The journal {path} is damaged: {how}.",
        "Move the file and its -wal and -shm aside, restore a copy, and resume; without a copy, begin the run anew: its steps find what the old run made only if it keeps the old run's id.",
        inner);
}
