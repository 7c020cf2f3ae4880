using Kedge.Mediator.Store;
using Kedge.Plans;
using Kedge.Plans.Tests;
using Kedge.Testing;

namespace Kedge.Mediator.Tests.Store;

public sealed class PostgresJournalTests(OwnPostgres postgres) : JournalConformance, IAsyncLifetime
{
    private readonly List<PostgresDatabase> opened = [];
    private string name = "";
    private string connection = "";

    public async ValueTask InitializeAsync() => (name, connection) = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var database in opened)
            await database.DisposeAsync();
    }

    protected override async Task<IJournal> OpenAsync() => await OpenJournalAsync();

    [Fact]
    public async Task Two_mediators_see_each_other_and_only_the_later_owner_writes()
    {
        var one = await OpenJournalAsync();
        var other = await OpenJournalAsync();
        var stale = await BeginAndStartAsync(one);

        var current = await other.TakeOverAsync(First, "host/2", Cancel);

        await Assert.ThrowsAsync<SupersededException>(() => one.AppendAsync(First, stale, new StepDone("net", "Made", null, []), Cancel));
        await other.AppendAsync(First, current, new StepStarted("net", 2), Cancel);
        Assert.Equal(2, (await one.GetStateAsync(First, Cancel)).Steps["net"].Attempts);
    }

    [Fact]
    public async Task Many_mediators_that_write_at_once_lose_nothing()
    {
        var journals = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenJournalAsync()));
        var epoch = await BeginAndStartAsync(journals[0]);

        await Task.WhenAll(journals.Select(async (journal, who) =>
        {
            for (var i = 0; i < 25; i++)
                await journal.AppendAsync(First, epoch, new StepWaiting("net", $"{who}/{i}", []), Cancel);
        }));

        var read = await ReadAsync(journals[0], First, 3);
        Assert.Equal(100, read.Select(e => ((StepWaiting)e.Event).WaitingFor).Distinct().Count());
        Assert.Equal(Enumerable.Range(4, 100).Select(i => (long)i), read.Select(e => e.Seq));
    }

    [Fact]
    public async Task Of_many_that_begin_a_run_of_the_same_workload_at_once_one_wins_and_the_others_are_told_who()
    {
        var journals = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenJournalAsync()));

        var begun = await Task.WhenAll(journals.Select(async journal =>
        {
            var run = RunId.Create(TimeProvider.System);
            try
            {
                await journal.BeginAsync(run, Plans.Tests.Plans.Diamond(), Key, "host/1", Cancel);
                return (Won: run, Lost: (RunId?)null);
            }
            catch (RunConflictException e)
            {
                return (Won: run, Lost: (RunId?)e.Holder);
            }
        }));

        var winner = Assert.Single(begun, each => each.Lost is null).Won;
        Assert.All(begun.Where(each => each.Lost is not null), each => Assert.Equal(winner, each.Lost));
    }

    [Fact]
    public async Task What_is_answered_is_what_is_read_later_to_the_microsecond()
    {
        Clock.Advance(TimeSpan.FromTicks(12_345_678_901));
        var journal = await OpenJournalAsync();
        var epoch = await BeginAndStartAsync(journal);

        var written = await journal.AppendAsync(First, epoch, new StepWaiting("net", "a wall", []), Cancel);

        Assert.Equal(written.At, (await ReadAsync(journal, First, 3))[0].At);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_told_with_what_to_do()
    {
        var e = await Assert.ThrowsAsync<JournalException>(
            () => PostgresDatabase.OpenAsync("Host=127.0.0.1;Port=1;Database=kedge;Username=kedge;Password=kept-from-everyone", Clock, Cancel));

        Assert.Equal(JournalFault.Inaccessible, e.Fault);
        Assert.Contains("127.0.0.1:1/kedge does not answer", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("kept-from-everyone", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_told_with_what_to_do()
    {
        var e = await Assert.ThrowsAsync<JournalException>(() => PostgresDatabase.OpenAsync(connection.Replace(name, "nowhere", StringComparison.Ordinal), Clock, Cancel));

        Assert.Contains("There is no database", e.Message, StringComparison.Ordinal);
    }

    private async Task<PostgresJournal> OpenJournalAsync()
    {
        var database = await PostgresDatabase.OpenAsync(connection, Clock, Cancel);
        lock (opened)
            opened.Add(database);
        return new PostgresJournal(database, Clock);
    }
}
