using System.Collections.Immutable;
using Kedge.Mediator.Store;
using Kedge.Plans;
using Kedge.Testing;

namespace Kedge.Mediator.Tests.Store;

public sealed class MigrationTests(OwnPostgres postgres)
{
    private static readonly ImmutableArray<Script> Today = Scripts.Of("postgres");
    private static readonly FakeClock Clock = new();
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<int> EarlierVersions => [.. Enumerable.Range(0, Today.Length)];

    [Fact]
    public void Scripts_are_numbered_without_gaps() =>
        Assert.All((string[])["postgres", "sqlite"], dialect => Assert.Equal(Enumerable.Range(1, Scripts.Of(dialect).Length), Scripts.Of(dialect).Select(script => script.Version)));

    [Theory]
    [MemberData(nameof(EarlierVersions))]
    public async Task A_database_of_any_earlier_version_is_brought_to_todays_and_keeps_its_runs(int version)
    {
        var (fresh, freshConnection) = await postgres.CreateDatabaseAsync();
        await (await PostgresDatabase.OpenAsync(freshConnection, Clock, Cancel)).DisposeAsync();
        var (old, oldConnection) = await postgres.CreateDatabaseAsync();
        await (await PostgresDatabase.OpenAsync(oldConnection, Today[..version], Clock, Cancel)).DisposeAsync();
        if (version > 0)
            await postgres.Server.ExecuteAsync(old, "INSERT INTO runs VALUES ('0198a3c4d5e67f8091a2b3c4d5e6f701', 'drill', 't', 's', 'k', 'o', 'accepted', 0, 0, 1, now(), now())");

        await using var database = await PostgresDatabase.OpenAsync(oldConnection, Clock, Cancel);

        Assert.Equal(await DescribedAsync(fresh), await DescribedAsync(old));
        Assert.Equal(version > 0, await new PostgresJournal(database, Clock).FindAsync(RunId.Parse("0198a3c4d5e67f8091a2b3c4d5e6f701"), Cancel) is not null);
    }

    [Fact]
    public async Task Mediators_that_start_at_once_on_an_empty_database_do_not_get_into_each_others_way()
    {
        var (_, connection) = await postgres.CreateDatabaseAsync();

        var opened = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PostgresDatabase.OpenAsync(connection, Clock, Cancel)));

        foreach (var database in opened)
            await database.DisposeAsync();
    }

    [Fact]
    public async Task A_script_that_fails_leaves_nothing_behind()
    {
        var (name, connection) = await postgres.CreateDatabaseAsync();
        await (await PostgresDatabase.OpenAsync(connection, Clock, Cancel)).DisposeAsync();
        var before = await DescribedAsync(name);

        var wrong = Today.Add(new Script(Today.Length + 1, "wrong.sql", "CREATE TABLE half (done text); CREATE TABLE runs (again text);"));
        await Assert.ThrowsAsync<JournalException>(() => PostgresDatabase.OpenAsync(connection, wrong, Clock, Cancel));

        Assert.Equal(before, await DescribedAsync(name));
    }

    [Fact]
    public async Task A_database_from_a_newer_version_is_refused_and_not_touched()
    {
        var (name, connection) = await postgres.CreateDatabaseAsync();
        await (await PostgresDatabase.OpenAsync(connection, Clock, Cancel)).DisposeAsync();
        await postgres.Server.ExecuteAsync(name, "INSERT INTO schema_version VALUES (99, 'later.sql', now())");

        var e = await Assert.ThrowsAsync<JournalException>(() => PostgresDatabase.OpenAsync(connection, Clock, Cancel));

        Assert.Equal(JournalFault.FromNewerVersion, e.Fault);
        Assert.Contains("schema version 99", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Newer versions of pg_dump write a key of their own into each dump.</summary>
    private async Task<string> DescribedAsync(string database) =>
        string.Join('\n', (await postgres.Server.DescribeAsync(database)).Split('\n').Where(line => !line.StartsWith('\\')));
}
