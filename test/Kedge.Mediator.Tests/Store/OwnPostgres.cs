using Kedge.Mediator.Tests.Store;
using Kedge.Testing;

[assembly: AssemblyFixture(typeof(OwnPostgres))]

namespace Kedge.Mediator.Tests.Store;

/// <summary>One server for all tests that do not kill it; each test has a database of its own in it.</summary>
public sealed class OwnPostgres : IAsyncLifetime
{
    private int made;
    private PostgresServer? server;

    public PostgresServer Server => server ?? throw new InvalidOperationException("It is not started.");

    public async ValueTask InitializeAsync() => server = await PostgresServer.StartAsync();

    /// <returns>The name of a new database, and how it is reached.</returns>
    public async Task<(string Name, string Connection)> CreateDatabaseAsync()
    {
        var name = $"test{Interlocked.Increment(ref made)}";
        return (name, await Server.CreateDatabaseAsync(name));
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
    }
}
