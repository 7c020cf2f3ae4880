namespace Kedge.Plans;

/// <summary>What the journals that lie in a database have in common: the names of their columns, and how a phase is written in them.</summary>
public static class JournalSql
{
    /// <summary>Of a <see cref="RunSummary"/>, each under the name of its property.</summary>
    public const string SummaryColumns =
        "run AS Run, kind AS Kind, title AS Title, subject AS Subject, exclusive_key AS ExclusiveKey, owner AS Owner, phase AS Phase, " +
        "epoch AS Epoch, last_seq AS LastSeq, accepted_at AS AcceptedAt, last_event_at AS LastEventAt";

    /// <summary>The condition over the table of runs; its parameters are named as the filter's properties. Never empty.</summary>
    public static string Where(RunFilter filter)
    {
        var conditions = new List<string> { filter.IsOpen switch { true => "is_ended = 0", false => "is_ended = 1", null => "1 = 1" } };
        if (filter.Kind is not null)
            conditions.Add("kind = @Kind");
        if (filter.Subject is not null)
            conditions.Add("subject = @Subject");
        if (filter.ExclusiveKey is not null)
            conditions.Add("exclusive_key = @ExclusiveKey");
        return string.Join(" AND ", conditions);
    }

    public static string Word(RunPhase phase) => phase.ToString().ToLowerInvariant();

    internal static RunPhase Phase(string word) => Enum.Parse<RunPhase>(word, ignoreCase: true);
}

/// <summary>A row of <see cref="JournalSql.SummaryColumns"/>.</summary>
/// <typeparam name="TMoment">How the database keeps a moment.</typeparam>
public sealed record SummaryRow<TMoment>(
    string Run, string Kind, string Title, string Subject, string ExclusiveKey, string Owner, string Phase,
    long Epoch, long LastSeq, TMoment AcceptedAt, TMoment LastEventAt)
{
    public RunSummary ToSummary(Func<TMoment, DateTimeOffset> moment) => new()
    {
        Run = new RunId(Run),
        Kind = Kind,
        Title = Title,
        Subject = Subject,
        ExclusiveKey = ExclusiveKey,
        Owner = Owner,
        Phase = JournalSql.Phase(Phase),
        Epoch = Epoch,
        LastSeq = LastSeq,
        AcceptedAt = moment(AcceptedAt),
        LastEventAt = moment(LastEventAt),
    };
}
