using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kedge.Recovery.Formats;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Alarms;

/// <summary>
/// The one place where alarms are raised and ended: what is wrong now is compared with what was wrong before, and only the difference is told.
/// Kept in a file that mediators share, so that neither a restart nor another leader tells anything twice.
/// </summary>
sealed partial class AlarmBook(string path, IReadOnlyList<string> webhooks, TimeProvider clock, ILogger log)
{
    /// <summary>More are not raised: whoever has so many looks at the metrics.</summary>
    public const int MostAlarms = 10_000;

    readonly Lock gate = new();
    ImmutableDictionary<(string, string), Alarm> alarms = ImmutableDictionary<(string, string), Alarm>.Empty;

    /// <summary>Those that go on.</summary>
    public IReadOnlyList<Alarm> Open => [.. alarms.Values.Where(alarm => alarm.EndedAt is null)];

    /// <summary>Of which a webhook has not heard the last.</summary>
    public IReadOnlyList<Alarm> Untold => [.. alarms.Values.Where(alarm => !alarm.Untold.IsEmpty).OrderBy(alarm => alarm.ChangedAt)];

    /// <summary>As the file says: by whoever was the leader before. One that cannot be read is as if nothing had been told.</summary>
    public async Task ReadAsync(CancellationToken cancel)
    {
        try
        {
            var read = File.Exists(path) ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(path, cancel), AlarmJson.Default.ImmutableArrayAlarm) : [];
            // A webhook that is not set any more is not waited for.
            var kept = (read.IsDefault ? [] : read).Select(alarm => alarm with { Untold = [.. alarm.Untold.Intersect(webhooks)] });
            lock (gate)
                alarms = kept.Where(alarm => alarm.EndedAt is null || !alarm.Untold.IsEmpty).ToImmutableDictionary(alarm => alarm.Key);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            LogUnreadable(path, e.Message);
        }
    }

    /// <summary>Raises what is new, changes what became graver or less grave, ends what is gone.</summary>
    /// <param name="now">All that is wrong.</param>
    /// <param name="notAsked">Codes of which nobody knows at the moment: theirs stay as they are.</param>
    public void Update(IReadOnlyList<Cause> now, IReadOnlySet<string> notAsked)
    {
        lock (gate)
        {
            var before = alarms;
            alarms = After(before, now, notAsked);
            if (!ReferenceEquals(before, alarms))
                Write_HoldsLock();
        }
    }

    /// <summary>A webhook has heard of this change.</summary>
    public void Told(Alarm told, string webhook)
    {
        lock (gate)
        {
            if (!alarms.TryGetValue(told.Key, out var alarm) || alarm.Id != told.Id || alarm.Change != told.Change)
                return;
            var left = alarm with { Untold = alarm.Untold.Remove(webhook) };
            alarms = left.EndedAt is not null && left.Untold.IsEmpty ? alarms.Remove(left.Key) : alarms.SetItem(left.Key, left);
            Write_HoldsLock();
        }
    }

    ImmutableDictionary<(string, string), Alarm> After(ImmutableDictionary<(string, string), Alarm> before, IReadOnlyList<Cause> now, IReadOnlySet<string> notAsked)
    {
        var at = clock.GetUtcNow();
        var after = before.ToBuilder();
        var wrong = new HashSet<(string, string)>();
        foreach (var cause in now)
        {
            var key = (cause.Kind.Code, cause.Subject);
            wrong.Add(key);
            if (before.TryGetValue(key, out var alarm) && alarm.EndedAt is null)
            {
                if (alarm.Level != cause.Level)
                    after[key] = Said(Changed(alarm, at) with { Level = cause.Level, Text = cause.Text });
            }
            else if (after.Count < MostAlarms)
            {
                after[key] = Said(Raised(cause, at));
            }
        }
        foreach (var gone in before.Values.Where(alarm => alarm.EndedAt is null && !wrong.Contains(alarm.Key) && !notAsked.Contains(alarm.Code)))
        {
            var ended = Said(Changed(gone, at) with { EndedAt = at });
            if (ended.Untold.IsEmpty)
                after.Remove(gone.Key);
            else
                after[gone.Key] = ended;
        }
        return after.ToImmutable();
    }

    Alarm Raised(Cause cause, DateTimeOffset at) => new()
    {
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{cause.Kind.Code}/{cause.Subject}/{at:O}")))[..32],
        Code = cause.Kind.Code,
        Subject = cause.Subject,
        Level = cause.Level,
        Text = cause.Text,
        RaisedAt = at,
        ChangedAt = at,
        Change = 1,
        Untold = [.. webhooks],
    };

    Alarm Changed(Alarm alarm, DateTimeOffset at) => alarm with { ChangedAt = at, Change = alarm.Change + 1, Untold = [.. webhooks] };

    /// <summary>One line in the log for each change, under the number of its kind.</summary>
    Alarm Said(Alarm alarm)
    {
        var kind = AlarmKind.All.FirstOrDefault(kind => kind.Code == alarm.Code);
        var level = alarm switch
        {
            { EndedAt: not null } => LogLevel.Information,
            { Level: AlarmLevel.Critical } => LogLevel.Critical,
            _ => LogLevel.Warning,
        };
        var what = alarm.EndedAt is not null ? "ended" : alarm.Level is AlarmLevel.Critical ? "critical" : "warning";
#pragma warning disable CA1848, CA1873 // The number of the event is that of the alarm's kind, which no generated method can take; alarms are few.
        log.Log(level, new EventId(kind?.Number ?? 0, alarm.Code), "ALARM {What} {Code} {Subject}: {Text}", what, alarm.Code, alarm.Subject, alarm.Text);
#pragma warning restore CA1848, CA1873 // Only there.
        return alarm;
    }

    /// <summary>Under the lock, so that what is written last is what was so last; it is one small file.</summary>
    void Write_HoldsLock()
    {
        ImmutableArray<Alarm> all =
            [.. alarms.Values.OrderBy(alarm => alarm.RaisedAt).ThenBy(alarm => alarm.Code, StringComparer.Ordinal).ThenBy(alarm => alarm.Subject, StringComparer.Ordinal)];
        try
        {
            AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(all, AlarmJson.Default.ImmutableArrayAlarm));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They were told in the log, and will be in the file with the next change.
            LogNotWritten(path, e.Message);
        }
    }

    [LoggerMessage(3711, LogLevel.Warning, "The alarms in {Path} cannot be read and begin anew: {Message}")]
    partial void LogUnreadable(string path, string message);

    [LoggerMessage(3712, LogLevel.Warning, "The alarms cannot be written to {Path}; after a restart some may be told again: {Message}")]
    partial void LogNotWritten(string path, string message);
}
