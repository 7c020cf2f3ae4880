using Kedge.Mediator.Alarms;
using Kedge.Testing;

namespace Kedge.Mediator.Tests.Alarms;

public sealed class AlarmBookTests : IDisposable
{
    static readonly HashSet<string> AllAsked = [];

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kedge-alarms-");
    readonly FakeClock clock = new();
    readonly HeardLogs logs = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void An_alarm_is_told_when_it_is_raised_when_it_gets_graver_and_when_it_ends_and_not_in_between()
    {
        var book = Book();

        foreach (var level in (AlarmLevel[])[AlarmLevel.Warning, AlarmLevel.Warning, AlarmLevel.Critical, AlarmLevel.Critical])
            book.Update([Lag(level)], AllAsked);
        book.Update([], AllAsked);
        book.Update([], AllAsked);

        Assert.Equal(["ALARM warning lag shop: late", "ALARM critical lag shop: late", "ALARM ended lag shop: late"], logs.Of(AlarmKind.Lag.Number));
    }

    [Fact]
    public async Task A_restart_tells_nothing_twice_and_forgets_nothing()
    {
        Book("listener").Update([Lag(AlarmLevel.Critical)], AllAsked);

        var after = Book("listener");
        await after.ReadAsync(Cancel);
        after.Update([Lag(AlarmLevel.Critical)], AllAsked);

        Assert.Single(logs.Of(AlarmKind.Lag.Number));
        Assert.Single(after.Untold);
    }

    [Fact]
    public void What_cannot_be_asked_now_goes_on_as_it_was()
    {
        var book = Book();
        book.Update([Lag(AlarmLevel.Critical)], AllAsked);

        book.Update([], new HashSet<string> { AlarmKind.Lag.Code });

        Assert.Single(book.Open);
    }

    [Fact]
    public void What_a_webhook_has_not_heard_is_kept_beyond_its_end_and_then_forgotten()
    {
        var book = Book("listener");
        book.Update([Lag(AlarmLevel.Critical)], AllAsked);
        book.Update([], AllAsked);

        var told = Assert.Single(book.Untold);
        book.Told(told, "listener");

        Assert.NotNull(told.EndedAt);
        Assert.Empty(book.Untold);
    }

    [Fact]
    public async Task A_damaged_file_is_no_reason_to_be_silent()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "alarms.json"), "[{", Cancel);
        var book = Book();

        await book.ReadAsync(Cancel);
        book.Update([Lag(AlarmLevel.Critical)], AllAsked);

        Assert.Single(book.Open);
        Assert.Single(logs.Of(3711));
    }

    [Fact]
    public void The_book_has_a_bound()
    {
        var book = Book();

        book.Update([.. Enumerable.Range(0, AlarmBook.MostAlarms + 5).Select(i => new Cause(AlarmKind.Lag, $"w{i}", AlarmLevel.Warning, ""))], AllAsked);

        Assert.Equal(AlarmBook.MostAlarms, book.Open.Count);
    }

    public void Dispose()
    {
        folder.Delete(recursive: true);
        logs.Dispose();
    }

    AlarmBook Book(params string[] webhooks) => new(Path.Combine(folder.FullName, "alarms.json"), webhooks, clock, logs.CreateLogger("Kedge.Alarms"));

    static Cause Lag(AlarmLevel level) => new(AlarmKind.Lag, "shop", level, "late");
}
