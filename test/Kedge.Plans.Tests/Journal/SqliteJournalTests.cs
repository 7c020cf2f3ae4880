using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Kedge.Plans.Tests;

public sealed class SqliteJournalTests : JournalConformance, IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("kedge-journal-").FullName;
    private readonly List<SqliteJournal> opened = [];

    private string FilePath => Path.Combine(folder, "runs.db");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var journal in opened)
            await journal.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    protected override async Task<IJournal> OpenAsync() => await OpenFileAsync();

    [Fact]
    public async Task What_was_written_is_there_when_the_file_is_opened_again()
    {
        var journal = await OpenFileAsync();
        await BeginAndStartAsync(journal);
        await journal.DisposeAsync();

        var again = await OpenFileAsync();

        Assert.Equal(StepPhase.Running, (await again.GetStateAsync(First, Cancel)).Steps["net"].Phase);
    }

    [Fact]
    public async Task Two_processes_on_one_file_see_each_other_and_only_the_later_owner_writes()
    {
        var one = await OpenFileAsync();
        var other = await OpenFileAsync();
        var stale = await BeginAndStartAsync(one);

        var current = await other.TakeOverAsync(First, "host/2", Cancel);

        await Assert.ThrowsAsync<SupersededException>(() => one.AppendAsync(First, stale, new StepDone("net", "Made", null, []), Cancel));
        await other.AppendAsync(First, current, new StepStarted("net", 2), Cancel);
        Assert.Equal(2, (await one.GetStateAsync(First, Cancel)).Steps["net"].Attempts);
    }

    [Fact]
    public async Task Many_connections_that_write_at_once_lose_nothing()
    {
        var journals = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(OpenFileAsync)));
        var epoch = await BeginAndStartAsync(journals[0]);

        await Task.WhenAll(journals.Select((journal, who) => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
                await journal.AppendAsync(First, epoch, new StepWaiting("net", $"{who}/{i}", []), Cancel);
        })));

        var read = await ReadAsync(journals[0], First, 3);
        Assert.Equal(100, read.Select(e => ((StepWaiting)e.Event).WaitingFor).Distinct().Count());
        Assert.Equal(Enumerable.Range(4, 100).Select(i => (long)i), read.Select(e => e.Seq));
    }

    [Fact]
    public async Task A_file_from_a_newer_version_is_refused_and_not_touched()
    {
        await (await OpenFileAsync()).DisposeAsync();
        Execute("INSERT INTO schema_version VALUES (99, 'later')");

        var e = await Assert.ThrowsAsync<JournalException>(OpenFileAsync);

        Assert.Equal(JournalFault.FromNewerVersion, e.Fault);
        Assert.Contains("schema version 99", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    public async Task A_file_of_an_earlier_version_is_brought_to_todays_and_keeps_its_runs(int version)
    {
        var journal = await OpenFileAsync();
        await BeginAndStartAsync(journal);
        await journal.DisposeAsync();
        var today = Schema();
        Execute("DROP INDEX runs_of_subject; DROP INDEX open_runs");
        Execute($"DELETE FROM schema_version WHERE version > {version}");

        var again = await OpenFileAsync();

        Assert.Equal(today, Schema());
        Assert.Equal(StepPhase.Running, (await again.GetStateAsync(First, Cancel)).Steps["net"].Phase);
    }

    [Fact]
    public async Task An_event_of_a_kind_that_only_a_newer_version_knows_is_a_clear_error()
    {
        var journal = await OpenFileAsync();
        await BeginAndStartAsync(journal);
        Execute("""UPDATE events SET event = '{"event":"step-teleported","step":"net"}' WHERE seq = 3""");

        var e = await Assert.ThrowsAsync<JournalException>(() => ReadAsync(journal, First, 0));

        Assert.Equal(JournalFault.Damaged, e.Fault);
        Assert.Contains($"Event 3 of run {First}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_with_what_to_do()
    {
        await File.WriteAllTextAsync(FilePath, string.Concat(Enumerable.Repeat("this is a letter to my aunt. ", 400)), Cancel);

        var e = await Assert.ThrowsAsync<JournalException>(OpenFileAsync);

        Assert.Equal(JournalFault.Damaged, e.Fault);
        Assert.Contains(FilePath, e.Message, StringComparison.Ordinal);
        Assert.Contains("restore a copy", e.WhatToDo, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_file_is_refused_as_damaged()
    {
        var journal = await OpenFileAsync();
        var epoch = await BeginAndStartAsync(journal);
        for (var i = 0; i < 50; i++)
            await journal.AppendAsync(First, epoch, new StepWaiting("net", new string('x', 4000) + i, []), Cancel);
        await journal.DisposeAsync();
        opened.Clear();
        await using (var file = File.OpenWrite(FilePath))
            file.SetLength(file.Length / 2);

        var e = await Assert.ThrowsAsync<JournalException>(OpenFileAsync);

        Assert.Equal(JournalFault.Damaged, e.Fault);
    }

    [Fact]
    public async Task The_database_of_another_program_is_refused_and_not_touched()
    {
        await File.WriteAllTextAsync(FilePath, "", Cancel);
        Execute("CREATE TABLE recipes (name TEXT)");
        var before = await File.ReadAllBytesAsync(FilePath, Cancel);

        var e = await Assert.ThrowsAsync<JournalException>(OpenFileAsync);

        Assert.Contains("another program", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(FilePath, Cancel));
    }

    [Fact]
    public async Task A_full_disk_refuses_the_event_says_so_and_the_run_goes_on_when_there_is_room()
    {
        SqliteConnection? inside = null;
        var journal = await SqliteJournal.OpenAsync(FilePath, Clock, c => inside = c, Cancel);
        opened.Add(journal);
        var epoch = await BeginAndStartAsync(journal);
        Execute("PRAGMA max_page_count = 8", inside);
        var large = new StepWaiting("net", new string('x', 100_000), []);

        var e = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(First, epoch, large, Cancel));
        Execute("PRAGMA max_page_count = 100000", inside);
        await journal.AppendAsync(First, epoch, large, Cancel);

        Assert.Equal(JournalFault.DiskFull, e.Fault);
        Assert.Contains("no room left", e.Message, StringComparison.Ordinal);
        Assert.Equal(4, (await ReadAsync(journal, First, 0)).Count);
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_a_clear_error()
    {
        var e = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.OpenAsync(Path.Combine(folder, "missing", "runs.db"), Clock, Cancel));

        Assert.Equal(JournalFault.Inaccessible, e.Fault);
    }

    [Fact]
    public async Task The_file_is_readable_by_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes of files are a matter of Unix.");
        await OpenFileAsync();

        foreach (var file in Directory.GetFiles(folder))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? throw new UnreachableException() : File.GetUnixFileMode(file));
    }

    private async Task<SqliteJournal> OpenFileAsync()
    {
        var journal = await SqliteJournal.OpenAsync(FilePath, Clock, Cancel);
        lock (opened)
            opened.Add(journal);
        return journal;
    }

    private string Schema()
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(sql, ';') || (SELECT max(version) FROM schema_version) FROM (SELECT sql FROM sqlite_master ORDER BY name)";
        return (string)command.ExecuteScalar()!;
    }

    private void Execute(string sql, SqliteConnection? inside = null)
    {
        var connection = inside ?? new SqliteConnection($"Data Source={FilePath};Pooling=False");
        if (inside is null)
            connection.Open();
        using (var command = connection.CreateCommand())
        {
#pragma warning disable CA2100 // Every text is a constant of these tests.
            command.CommandText = sql;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        if (inside is null)
            connection.Dispose();
    }
}
