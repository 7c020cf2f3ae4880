using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Kedge.Mediator.Alarms;

enum AlarmLevel
{
    Warning,
    Critical,
}

/// <summary>What can be alarmed about. Code and number are a contract with whoever listens (docs/operate/events.md): none ever changes its meaning.</summary>
/// <param name="Number">Of the log event that tells it.</param>
sealed record AlarmKind(int Number, string Code)
{
    public static AlarmKind Lag { get; } = new(3701, "lag");
    public static AlarmKind NotCaptured { get; } = new(3702, "not-captured");
    public static AlarmKind RunStopped { get; } = new(3703, "run-stopped");
    public static AlarmKind SiteSilent { get; } = new(3704, "site-silent");
    public static AlarmKind SiteDegraded { get; } = new(3705, "site-degraded");
    public static AlarmKind ChangeMapLied { get; } = new(3706, "change-map-lied");
    public static AlarmKind SiteLoss { get; } = new(3707, "site-loss");
    public static AlarmKind NotReady { get; } = new(3708, "not-ready");

    public static ImmutableArray<AlarmKind> All { get; } = [Lag, NotCaptured, RunStopped, SiteSilent, SiteDegraded, ChangeMapLied, SiteLoss, NotReady];
}

/// <summary>One thing that is wrong now.</summary>
/// <param name="Subject">What it is about: a workload, a site, a run.</param>
/// <param name="Text">What is so, with numbers, and what to do.</param>
sealed record Cause(AlarmKind Kind, string Subject, AlarmLevel Level, string Text);

/// <summary>An alarm from its raising until everybody has heard of its end.</summary>
sealed record Alarm
{
    /// <summary>The same for all that is told of it.</summary>
    public required string Id { get; init; }
    public required string Code { get; init; }
    public required string Subject { get; init; }
    public required AlarmLevel Level { get; init; }
    public required string Text { get; init; }
    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>Null: it goes on.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When it was raised, became graver or less grave, or ended, whichever was last.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>1 for its raising, one more with each change; together with the id it names what is told.</summary>
    public required int Change { get; init; }

    /// <summary>Webhooks that have not heard of the last change yet.</summary>
    public ImmutableArray<string> Untold { get => field.IsDefault ? [] : field; init; }

    [JsonIgnore]
    public (string, string) Key => (Code, Subject);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImmutableArray<Alarm>))]
[JsonSerializable(typeof(AlarmNotice))]
sealed partial class AlarmJson : JsonSerializerContext;

/// <summary>What a webhook is sent.</summary>
/// <param name="Event"><c>raised</c>, <c>changed</c> or <c>ended</c>.</param>
sealed record AlarmNotice(
    string Id, int Change, string Event, string Code, AlarmLevel Level, string Subject, string Text, DateTimeOffset RaisedAt, DateTimeOffset ChangedAt, string Mediator);
