using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Kedge.Plans;

/// <summary>
/// The journal in one SQLite file. Safe with several processes on one machine: each write is one immediate transaction that checks the
/// epoch. When a write returns it is on disk (WAL, synchronous=FULL). Calls are synchronous inside and short; one connection, one gate.
/// The file must lie on a local file system.
/// </summary>
public sealed class SqliteJournal : IJournal
{
    private const int PageEvents = 200;
    private const string Columns = JournalSql.SummaryColumns;

    private readonly SqliteConnection connection;
    private readonly TimeProvider clock;
    private readonly string path;
    private readonly SemaphoreSlim gate = new(1, 1);

    private SqliteJournal(SqliteConnection connection, TimeProvider clock, string path)
    {
        this.connection = connection;
        this.clock = clock;
        this.path = path;
    }

    /// <summary>Opens the file, or makes it, readable by its owner alone; brings an older one to today's schema.</summary>
    /// <exception cref="JournalException">It cannot be opened, is damaged, or is from a newer version.</exception>
    public static Task<SqliteJournal> OpenAsync(string path, TimeProvider clock, CancellationToken cancel) =>
        OpenAsync(path, clock, static _ => { }, cancel);

    internal static Task<SqliteJournal> OpenAsync(string path, TimeProvider clock, Action<SqliteConnection> tune, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        SqliteFile.Touch(path, "journal");
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 15,
        }.ToString());
        try
        {
            connection.Open();
            SqliteSchema.Prepare(connection, path, clock.GetUtcNow());
            tune(connection);
            return Task.FromResult(new SqliteJournal(connection, clock, path));
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw SqliteFile.Explain(path, e);
        }
        catch (JournalException)
        {
            connection.Dispose();
            throw;
        }
    }

    public Task<RecordedEvent> BeginAsync(RunId run, Plan plan, string exclusiveKey, string owner, CancellationToken cancel)
    {
        var accepted = new RunAccepted(plan, exclusiveKey, owner);
        var json = JournalJson.Write(accepted);
        return InTransactionAsync(transaction =>
        {
            if (Find(run, transaction) is not null)
                return Read(run, 0, 1, transaction)[0];
            if (FindHolder(exclusiveKey, transaction) is { } holder)
                throw new RunConflictException(exclusiveKey, holder.Run, holder.Title);
            var now = clock.GetUtcNow();
            var summary = Summaries.Of(run, accepted, now);
            connection.Execute(
                """
                INSERT INTO runs (run, kind, title, subject, exclusive_key, owner, phase, is_ended, epoch, last_seq, accepted_at, last_event_at)
                VALUES (@Run, @Kind, @Title, @Subject, @ExclusiveKey, @Owner, @Phase, 0, 0, 1, @At, @At)
                """,
                new { Run = run.Value, summary.Kind, summary.Title, summary.Subject, summary.ExclusiveKey, summary.Owner, Phase = JournalSql.Word(summary.Phase), At = Text(now) },
                transaction);
            Insert(new RecordedEvent(run, 1, 0, now, accepted), json, transaction);
            return new RecordedEvent(run, 1, 0, now, JournalJson.Read(json, run, 1));
        }, cancel);
    }

    public Task<long> TakeOverAsync(RunId run, string owner, CancellationToken cancel) => InTransactionAsync(transaction =>
    {
        var now = clock.GetUtcNow();
        var raised = connection.QuerySingleOrDefault<Raised>(
            """
            UPDATE runs SET epoch = epoch + 1, last_seq = last_seq + 1, owner = @owner, phase = @phase, last_event_at = @at
            WHERE run = @run AND is_ended = 0
            RETURNING epoch AS Epoch, last_seq AS LastSeq
            """,
            new { run = run.Value, owner, phase = JournalSql.Word(RunPhase.Running), at = Text(now) },
            transaction) ?? throw WhyNot(run, 0, transaction);
        var e = new RunTakenOver(owner);
        Insert(new RecordedEvent(run, raised.LastSeq, raised.Epoch, now, e), JournalJson.Write(e), transaction);
        return raised.Epoch;
    }, cancel);

    public Task<ImmutableArray<RecordedEvent>> AppendAsync(RunId run, long epoch, ImmutableArray<RunEvent> events, CancellationToken cancel)
    {
        var written = events.Select(e => (Event: e, Json: JournalJson.Write(e))).ToList();
        var phase = Summaries.PhaseAfter(events);
        return InTransactionAsync(transaction =>
        {
            var now = clock.GetUtcNow();
            var raised = connection.QuerySingleOrDefault<Raised>(
                """
                UPDATE runs SET last_seq = last_seq + @count, phase = coalesce(@phase, phase), is_ended = @ended, last_event_at = @at
                WHERE run = @run AND epoch = @epoch AND is_ended = 0
                RETURNING epoch AS Epoch, last_seq AS LastSeq
                """,
                new { run = run.Value, epoch, count = written.Count, phase = phase is { } p ? JournalSql.Word(p) : null, ended = phase?.IsEnd() == true ? 1 : 0, at = Text(now) },
                transaction) ?? throw WhyNot(run, epoch, transaction);
            var recorded = written.Select((w, i) => new RecordedEvent(run, raised.LastSeq - written.Count + 1 + i, epoch, now, w.Event)).ToImmutableArray();
            foreach (var (e, w) in recorded.Zip(written))
                Insert(e, w.Json, transaction);
            return recorded;
        }, cancel);
    }

    public Task EnsureCurrentAsync(RunId run, long epoch, CancellationToken cancel) => GatedAsync(() =>
    {
        var current = connection.ExecuteScalar<long?>("SELECT epoch FROM runs WHERE run = @run AND is_ended = 0", new { run = run.Value });
        return current == epoch ? true : throw WhyNot(run, epoch, null);
    }, cancel);

    public async IAsyncEnumerable<RecordedEvent> ReadAsync(RunId run, long afterSeq, [EnumeratorCancellation] CancellationToken cancel)
    {
        var seq = afterSeq;
        while (true)
        {
            var from = seq;
            var page = await GatedAsync(() => Read(run, from, PageEvents, null), cancel);
            foreach (var recorded in page)
                yield return recorded;
            if (page.Length < PageEvents)
                yield break;
            seq = page[^1].Seq;
        }
    }

    public async IAsyncEnumerable<RunSummary> ListAsync(RunFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var sql = $"SELECT {Columns} FROM runs WHERE {JournalSql.Where(filter)} ORDER BY accepted_at DESC, run DESC LIMIT @Most";
        var asked = new { filter.Kind, filter.Subject, filter.ExclusiveKey, Most = filter.Most ?? int.MaxValue };
        var rows = await GatedAsync(() => connection.Query<SummaryRow<string>>(sql, asked).AsList(), cancel);
        foreach (var row in rows)
            yield return row.ToSummary(Moment);
    }

    public Task<RunSummary?> FindAsync(RunId run, CancellationToken cancel) => GatedAsync(() => Find(run, null), cancel);

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        gate.Dispose();
    }

    private Task<T> InTransactionAsync<T>(Func<SqliteTransaction, T> write, CancellationToken cancel) => GatedAsync(() =>
    {
        // Not deferred: BEGIN IMMEDIATE takes the write lock before the epoch is looked at.
        using var transaction = connection.BeginTransaction();
        var result = write(transaction);
        transaction.Commit();
        return result;
    }, cancel);

    private async Task<T> GatedAsync<T>(Func<T> call, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            return call();
        }
        catch (SqliteException e)
        {
            throw SqliteFile.Explain(path, e);
        }
        finally
        {
            gate.Release();
        }
    }

    private RunSummary? Find(RunId run, SqliteTransaction? transaction) =>
        connection.QuerySingleOrDefault<SummaryRow<string>>($"SELECT {Columns} FROM runs WHERE run = @run", new { run = run.Value }, transaction)?.ToSummary(Moment);

    private RunSummary? FindHolder(string key, SqliteTransaction transaction) =>
        connection.QuerySingleOrDefault<SummaryRow<string>>($"SELECT {Columns} FROM runs WHERE exclusive_key = @key AND is_ended = 0", new { key }, transaction)?.ToSummary(Moment);

    private ImmutableArray<RecordedEvent> Read(RunId run, long afterSeq, int most, SqliteTransaction? transaction) =>
    [
        .. connection.Query<EventRow>(
            "SELECT seq AS Seq, epoch AS Epoch, at AS At, event AS Event FROM events WHERE run = @run AND seq > @afterSeq ORDER BY seq LIMIT @most",
            new { run = run.Value, afterSeq, most },
            transaction).Select(row => new RecordedEvent(run, row.Seq, row.Epoch, Moment(row.At), JournalJson.Read(row.Event, run, row.Seq))),
    ];

    private void Insert(RecordedEvent e, string json, SqliteTransaction transaction) => connection.Execute(
        "INSERT INTO events (run, seq, epoch, at, event) VALUES (@run, @Seq, @Epoch, @at, @json)",
        new { run = e.Run.Value, e.Seq, e.Epoch, at = Text(e.At), json },
        transaction);

    private Exception WhyNot(RunId run, long epoch, SqliteTransaction? transaction) => Find(run, transaction) switch
    {
        null => new RunNotFoundException(run),
        { IsEnded: true } ended => new RunEndedException(run, ended.Phase),
        var current => new SupersededException(run, epoch, current.Epoch, current.Owner),
    };

    private static string Text(DateTimeOffset at) => at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(string at) => DateTimeOffset.Parse(at, CultureInfo.InvariantCulture);

    private sealed record Raised(long Epoch, long LastSeq);

    private sealed record EventRow(long Seq, long Epoch, string At, string Event);
}
