using System.Collections.Immutable;
using Dapper;
using Kedge.Plans;
using Npgsql;

namespace Kedge.Mediator.Store;

/// <summary>
/// One PostgreSQL that several mediators share: the journal of runs and the schedules, in the schema <c>kedge</c> of whatever database the
/// connection string names. Brought to today's schema when it is opened.
/// </summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    public const string Schema = "kedge";

    /// <summary>Whoever changes the schema holds this: several mediators start at once after an update.</summary>
    const long MigrationLock = 0x4B646765;

    /// <summary>Quartz holds one for each job that begins or ends, for as long as it waits for its turn at its locks.</summary>
    const int ScheduleConnections = 40;

    PostgresDatabase(NpgsqlConnectionStringBuilder settings)
    {
        Source = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        var own = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { ApplicationName = "kedge schedules" };
        own.MaxPoolSize = Math.Max(own.MinPoolSize, Math.Min(own.MaxPoolSize, ScheduleConnections));
        Schedules = new NpgsqlDataSourceBuilder(own.ConnectionString).Build();
        Place = $"{settings.Host}:{settings.Port}/{settings.Database}";
    }

    /// <summary>For the journal of runs.</summary>
    internal NpgsqlDataSource Source { get; }

    /// <summary>For Quartz alone: a hundred runs that write at once must not keep a mediator from saying that it lives.</summary>
    internal NpgsqlDataSource Schedules { get; }

    /// <summary>Host, port and database, for messages; never the password.</summary>
    public string Place { get; }

    /// <summary>Opens it, and applies the scripts that it lacks, all of them or none.</summary>
    /// <param name="connection">As Npgsql reads it; the password may also be in PGPASSWORD or a passfile.</param>
    /// <exception cref="JournalException">It does not answer, refuses us, or is from a newer version.</exception>
    public static Task<PostgresDatabase> OpenAsync(string connection, TimeProvider clock, CancellationToken cancel) =>
        OpenAsync(connection, Scripts.Of("postgres"), clock, cancel);

    internal static async Task<PostgresDatabase> OpenAsync(string connection, ImmutableArray<Script> scripts, TimeProvider clock, CancellationToken cancel)
    {
        var database = new PostgresDatabase(Settings(connection));
        try
        {
            await database.MigrateAsync(scripts, clock.GetUtcNow(), cancel);
            return database;
        }
        catch (Exception e) when (PostgresFaults.Are(e))
        {
            await database.DisposeAsync();
            throw PostgresFaults.Explain(database.Place, e);
        }
        catch (JournalException)
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Schedules.DisposeAsync();
        await Source.DisposeAsync();
    }

    /// <exception cref="JournalException">It is not a connection string.</exception>
    internal static NpgsqlConnectionStringBuilder Settings(string connection)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connection) { SearchPath = Schema, ApplicationName = "kedge" };
            // When a write returns it is on disk, whatever the server's default is.
            settings.Options = $"{settings.Options} -c synchronous_commit=on".TrimStart();
            // Not ContainsKey, which answers whether there is such a keyword at all.
            var given = settings.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
            if (!given.Contains("Timeout"))
                settings.Timeout = 5;
            if (!given.Contains("Command Timeout"))
                settings.CommandTimeout = 15;
            return settings;
        }
        catch (ArgumentException e)
        {
            throw new JournalException(
                JournalFault.Inaccessible, "The database's connection string cannot be read.", "Write it as in 'Host=db;Database=kedge;Username=kedge'.", e);
        }
    }

    async Task MigrateAsync(ImmutableArray<Script> scripts, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition("SELECT pg_advisory_xact_lock(@MigrationLock)", new { MigrationLock }, transaction, cancellationToken: cancel));
        // Not CREATE SCHEMA IF NOT EXISTS: that wants the right to create even where an operator has created it for us.
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = @Schema)", new { Schema }, transaction, cancellationToken: cancel)))
            await RunAsync($"CREATE SCHEMA {Schema}", null);
        await RunAsync("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL PRIMARY KEY, script text NOT NULL, applied_at timestamptz NOT NULL)", null);
        var version = await connection.ExecuteScalarAsync<int>(new CommandDefinition("SELECT coalesce(max(version), 0) FROM schema_version", transaction: transaction, cancellationToken: cancel));
        if (version > scripts.Length)
        {
            throw new JournalException(
                JournalFault.FromNewerVersion,
                $"The database {Place} has schema version {version}; this program knows up to {scripts.Length}.",
                "Use the newer version of kedge that wrote it; nothing was changed.");
        }
        foreach (var script in scripts.Where(script => script.Version > version))
        {
            await RunAsync(script.Sql, null);
            await RunAsync("INSERT INTO schema_version (version, script, applied_at) VALUES (@Version, @Name, @now)", new { script.Version, script.Name, now });
        }
        await transaction.CommitAsync(cancel);

        Task RunAsync(string sql, object? values) => connection.ExecuteAsync(new CommandDefinition(sql, values, transaction, cancellationToken: cancel));
    }
}
