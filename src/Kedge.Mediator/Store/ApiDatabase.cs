using System.Data.Common;
using Dapper;
using Kedge.Plans;
using Microsoft.Data.Sqlite;

namespace Kedge.Mediator.Store;

/// <summary>
/// Where the API keeps tokens, answers and the projects of sites: in the PostgreSQL of the mediators, or in <c>api.db</c> in the data
/// directory. Both are asked with the same statements.
/// </summary>
public sealed class ApiDatabase : IAsyncDisposable
{
    static readonly SqliteScripts File = new("tokens and answers", "a damaged file may be moved away: tokens must be made anew then.");

    readonly Func<CancellationToken, Task<DbConnection>> connect;
    readonly PostgresDatabase? own;
    readonly string place;

    ApiDatabase(Func<CancellationToken, Task<DbConnection>> connect, PostgresDatabase? own, string place) => (this.connect, this.own, this.place) = (connect, own, place);

    /// <param name="database">Not disposed of with it.</param>
    public static ApiDatabase In(PostgresDatabase database) => new(async cancel => await database.Source.OpenConnectionAsync(cancel), null, database.Place);

    /// <exception cref="JournalException">It cannot be opened, or is from a newer version.</exception>
    public static ApiDatabase InDirectory(string dataPath, TimeProvider clock) => InDirectory(dataPath, Scripts.Of("sqlite-api"), clock);

    internal static ApiDatabase InDirectory(string dataPath, IReadOnlyList<Script> scripts, TimeProvider clock)
    {
        var path = Path.Combine(dataPath, "api.db");
        File.Apply(path, scripts, clock);
        return new(
            async cancel =>
            {
                var connection = new SqliteConnection(SqliteScripts.ConnectionTo(path));
                await connection.OpenAsync(cancel);
                await connection.ExecuteAsync("PRAGMA synchronous = FULL");
                return connection;
            },
            null,
            path);
    }

    /// <summary>That of the mediators where a connection string is given, else the file: for one command.</summary>
    public static async Task<ApiDatabase> OpenAsync(string? connection, string dataPath, TimeProvider clock, CancellationToken cancel)
    {
        if (connection is null)
            return InDirectory(dataPath, clock);
        var postgres = await PostgresDatabase.OpenAsync(connection, clock, cancel);
        return new(async stop => await postgres.Source.OpenConnectionAsync(stop), postgres, postgres.Place);
    }

    public ValueTask DisposeAsync() => own?.DisposeAsync() ?? ValueTask.CompletedTask;

    internal Task<int> ExecuteAsync(string sql, object values, CancellationToken cancel) =>
        AskAsync(connection => connection.ExecuteAsync(new CommandDefinition(sql, values, cancellationToken: cancel)), cancel);

    internal Task<T?> FindAsync<T>(string sql, object values, CancellationToken cancel) =>
        AskAsync(connection => connection.QuerySingleOrDefaultAsync<T>(new CommandDefinition(sql, values, cancellationToken: cancel)), cancel);

    internal async Task<IReadOnlyList<T>> ListAsync<T>(string sql, CancellationToken cancel) =>
        [.. await AskAsync(connection => connection.QueryAsync<T>(new CommandDefinition(sql, cancellationToken: cancel)), cancel)];

    async Task<T> AskAsync<T>(Func<DbConnection, Task<T>> ask, CancellationToken cancel)
    {
        try
        {
            await using var connection = await connect(cancel);
            return await ask(connection);
        }
        catch (SqliteException e)
        {
            throw new JournalException(JournalFault.Inaccessible, $"The tokens and answers {place} cannot be read or written: {e.Message}.", "Check the data directory and its space.", e);
        }
        catch (Exception e) when (PostgresFaults.Are(e))
        {
            throw PostgresFaults.Explain(place, e);
        }
    }
}
