using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Dapper;
using Kedge.Plans;
using Npgsql;

namespace Kedge.Mediator.Store;

/// <summary>
/// The journal in PostgreSQL, for several mediators. Each write is one statement: it raises what it must where run and epoch match, and
/// adds the events to what was raised; a stale epoch matches nothing and writes nothing. When a write returns it is on disk.
/// A connection lost during a write leaves the writer in doubt: whoever goes on reads the journal first.
/// </summary>
public sealed class PostgresJournal : IJournal
{
    const int PageEvents = 200;

    /// <summary>A run that held the key may end between our two looks; after so many such looks it is somebody who begins runs in a circle.</summary>
    const int MostLooks = 5;

    readonly PostgresDatabase database;
    readonly TimeProvider clock;
    readonly bool isOwner;

    /// <param name="database">Not disposed of with the journal.</param>
    public PostgresJournal(PostgresDatabase database, TimeProvider clock)
        : this(database, clock, isOwner: false)
    {
    }

    PostgresJournal(PostgresDatabase database, TimeProvider clock, bool isOwner) => (this.database, this.clock, this.isOwner) = (database, clock, isOwner);

    /// <summary>With a database of its own, for one command.</summary>
    /// <inheritdoc cref="PostgresDatabase.OpenAsync(string, TimeProvider, CancellationToken)"/>
    public static async Task<PostgresJournal> OpenAsync(string connection, TimeProvider clock, CancellationToken cancel) =>
        new(await PostgresDatabase.OpenAsync(connection, clock, cancel), clock, isOwner: true);

    public async Task<RecordedEvent> BeginAsync(RunId run, Plan plan, string exclusiveKey, string owner, CancellationToken cancel)
    {
        var accepted = new RunAccepted(plan, exclusiveKey, owner);
        var json = JournalJson.Write(accepted);
        var now = Now();
        var summary = Summaries.Of(run, accepted, now);
        for (var look = 1; ; look++)
        {
            var begun = await OneAsync<long?>(
                """
                WITH begun AS (
                    INSERT INTO runs (run, kind, title, subject, exclusive_key, owner, phase, is_ended, epoch, last_seq, accepted_at, last_event_at)
                    VALUES (@Run, @Kind, @Title, @Subject, @ExclusiveKey, @Owner, @Phase, 0, 0, 1, @now, @now)
                    ON CONFLICT DO NOTHING
                    RETURNING run
                )
                INSERT INTO events (run, seq, epoch, at, event) SELECT run, 1, 0, @now, @json::json FROM begun
                RETURNING seq
                """,
                new { Run = run.Value, summary.Kind, summary.Title, summary.Subject, summary.ExclusiveKey, summary.Owner, Phase = JournalSql.Word(summary.Phase), now, json },
                cancel);
            if (begun is not null)
                return new RecordedEvent(run, 1, 0, now, JournalJson.Read(json, run, 1));
            if (await FindAsync(run, cancel) is not null)
                return (await PageAsync(run, 0, 1, cancel))[0];
            await foreach (var holder in ListAsync(new RunFilter { ExclusiveKey = exclusiveKey, IsOpen = true, Most = 1 }, cancel))
                throw new RunConflictException(exclusiveKey, holder.Run, holder.Title);
            if (look == MostLooks)
                throw new JournalException(JournalFault.Busy, $"Others begin and end runs of {exclusiveKey} all the time.", "Find out who they are: kedge run list.");
        }
    }

    public async Task<long> TakeOverAsync(RunId run, string owner, CancellationToken cancel) => await OneAsync<long?>(
        """
        WITH raised AS (
            UPDATE runs SET epoch = epoch + 1, last_seq = last_seq + 1, owner = @owner, phase = @phase, last_event_at = @now
            WHERE run = @run AND is_ended = 0
            RETURNING epoch, last_seq
        )
        INSERT INTO events (run, seq, epoch, at, event) SELECT @run, last_seq, epoch, @now, @json::json FROM raised
        RETURNING epoch
        """,
        new { run = run.Value, owner, phase = JournalSql.Word(RunPhase.Running), now = Now(), json = JournalJson.Write(new RunTakenOver(owner)) },
        cancel) ?? throw await WhyNotAsync(run, 0, cancel);

    public async Task<ImmutableArray<RecordedEvent>> AppendAsync(RunId run, long epoch, ImmutableArray<RunEvent> events, CancellationToken cancel)
    {
        var json = events.Select(JournalJson.Write).ToArray();
        var phase = Summaries.PhaseAfter(events);
        var now = Now();
        var last = await OneAsync<long?>(
            """
            WITH raised AS (
                UPDATE runs SET last_seq = last_seq + @count, phase = coalesce(@phase, phase), is_ended = @ended, last_event_at = @now
                WHERE run = @run AND epoch = @epoch AND is_ended = 0
                RETURNING last_seq
            ), added AS (
                INSERT INTO events (run, seq, epoch, at, event)
                SELECT @run, last_seq - @count + n, @epoch, @now, e::json FROM raised, unnest(@json) WITH ORDINALITY AS each (e, n)
            )
            SELECT last_seq FROM raised
            """,
            new { run = run.Value, epoch, count = (long)json.Length, phase = phase is { } p ? JournalSql.Word(p) : null, ended = (short)(phase?.IsEnd() == true ? 1 : 0), now, json },
            cancel) ?? throw await WhyNotAsync(run, epoch, cancel);
        return [.. events.Select((e, i) => new RecordedEvent(run, last - events.Length + 1 + i, epoch, now, e))];
    }

    public async Task EnsureCurrentAsync(RunId run, long epoch, CancellationToken cancel)
    {
        var current = await OneAsync<long?>("SELECT epoch FROM runs WHERE run = @run AND is_ended = 0", new { run = run.Value }, cancel);
        if (current != epoch)
            throw await WhyNotAsync(run, epoch, cancel);
    }

    public async IAsyncEnumerable<RecordedEvent> ReadAsync(RunId run, long afterSeq, [EnumeratorCancellation] CancellationToken cancel)
    {
        var seq = afterSeq;
        while (true)
        {
            var page = await PageAsync(run, seq, PageEvents, cancel);
            foreach (var recorded in page)
                yield return recorded;
            if (page.Length < PageEvents)
                yield break;
            seq = page[^1].Seq;
        }
    }

    public async IAsyncEnumerable<RunSummary> ListAsync(RunFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var sql = $"SELECT {JournalSql.SummaryColumns} FROM runs WHERE {JournalSql.Where(filter)} ORDER BY accepted_at DESC, run DESC LIMIT @Most";
        var asked = new { filter.Kind, filter.Subject, filter.ExclusiveKey, filter.Most };
        foreach (var row in await ManyAsync<SummaryRow<DateTime>>(sql, asked, cancel))
            yield return row.ToSummary(Moment);
    }

    public async Task<RunSummary?> FindAsync(RunId run, CancellationToken cancel) =>
        (await OneAsync<SummaryRow<DateTime>>($"SELECT {JournalSql.SummaryColumns} FROM runs WHERE run = @run", new { run = run.Value }, cancel))?.ToSummary(Moment);

    public ValueTask DisposeAsync() => isOwner ? database.DisposeAsync() : ValueTask.CompletedTask;

    async Task<ImmutableArray<RecordedEvent>> PageAsync(RunId run, long afterSeq, int most, CancellationToken cancel) =>
    [
        .. (await ManyAsync<EventRow>(
            "SELECT seq AS Seq, epoch AS Epoch, at AS At, event::text AS Event FROM events WHERE run = @run AND seq > @afterSeq ORDER BY seq LIMIT @most",
            new { run = run.Value, afterSeq, most },
            cancel)).Select(row => new RecordedEvent(run, row.Seq, row.Epoch, Moment(row.At), JournalJson.Read(row.Event, run, row.Seq))),
    ];

    async Task<Exception> WhyNotAsync(RunId run, long epoch, CancellationToken cancel) => await FindAsync(run, cancel) switch
    {
        null => new RunNotFoundException(run),
        { IsEnded: true } ended => new RunEndedException(run, ended.Phase),
        var current => new SupersededException(run, epoch, current.Epoch, current.Owner),
    };

    Task<T?> OneAsync<T>(string sql, object values, CancellationToken cancel) =>
        AskAsync(connection => connection.QuerySingleOrDefaultAsync<T>(new CommandDefinition(sql, values, cancellationToken: cancel)), cancel);

    Task<IEnumerable<T>> ManyAsync<T>(string sql, object values, CancellationToken cancel) =>
        AskAsync(connection => connection.QueryAsync<T>(new CommandDefinition(sql, values, cancellationToken: cancel)), cancel);

    async Task<T> AskAsync<T>(Func<NpgsqlConnection, Task<T>> ask, CancellationToken cancel)
    {
        try
        {
            await using var connection = await database.Source.OpenConnectionAsync(cancel);
            return await ask(connection);
        }
        catch (Exception e) when (PostgresFaults.Are(e) && !cancel.IsCancellationRequested)
        {
            throw PostgresFaults.Explain(database.Place, e);
        }
    }

    /// <summary>PostgreSQL keeps microseconds: what is answered now is what will be read later.</summary>
    DateTimeOffset Now()
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    static DateTimeOffset Moment(DateTime at) => new(DateTime.SpecifyKind(at, DateTimeKind.Utc));

    sealed record EventRow(long Seq, long Epoch, DateTime At, string Event);
}
