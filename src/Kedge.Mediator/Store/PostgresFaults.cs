using System.Net.Sockets;
using Kedge.Plans;
using Npgsql;

namespace Kedge.Mediator.Store;

/// <summary>What the failures of PostgreSQL mean to an operator.</summary>
static class PostgresFaults
{
    /// <summary>It is the database that failed, and not we.</summary>
    public static bool Are(Exception e) => e is NpgsqlException or SocketException or TimeoutException or IOException;

    /// <summary>Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html</summary>
    public static JournalException Explain(string place, Exception e) => e switch
    {
        PostgresException { SqlState: "53100" } => new(
            JournalFault.DiskFull, $"The database {place} has no room left; the last event was not written.", "Free some space there; runs go on by themselves.", e),
        PostgresException { SqlState: "55P03" or "57014" } => new(
            JournalFault.Busy, $"The database {place} did not let a write in within its time.", "Find who holds its locks (pg_locks); runs go on by themselves.", e),
        PostgresException { SqlState: "28000" or "28P01" } refused => new(
            JournalFault.Inaccessible, $"The database {place} refuses us: {refused.MessageText}.", "Check user and password (KEDGE_DATABASE, PGPASSWORD, pg_hba.conf).", e),
        PostgresException { SqlState: "42501" } refused => new(
            JournalFault.Inaccessible,
            $"The database {place} refuses us: {refused.MessageText}.",
            $"Give the user a schema of its own: CREATE SCHEMA {PostgresDatabase.Schema} AUTHORIZATION kedge.",
            e),
        PostgresException { SqlState: "3D000" } => new(JournalFault.Inaccessible, $"There is no database {place}.", "Create it: createdb -O kedge kedge.", e),
        PostgresException said => new(JournalFault.Inaccessible, $"The database {place} failed: {said.SqlState} {said.MessageText}.", "See its log.", e),
        _ => new(JournalFault.Inaccessible, $"The database {place} does not answer: {e.Message}", "Is it up, and can this machine reach it? Runs go on by themselves when it is back.", e),
    };
}
