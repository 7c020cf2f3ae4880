using System.Collections.Immutable;
using Kedge.Mediator.Api;

namespace Kedge.Mediator.Settings;

/// <summary>Everything about a mediator that is set and not data, read once. What each is for: docs/operate/mediator.md</summary>
public sealed record MediatorSettings
{
    /// <summary>How witnesses, evidence and alarms call this mediator; the same after a restart.</summary>
    public required string Name { get; init; }

    /// <summary>Where the API, health and metrics are answered.</summary>
    public required Uri Listen { get; init; }

    /// <summary>Connection string of the PostgreSQL that several mediators share; null: embedded, in the data directory, alone.</summary>
    public string? Database { get; init; }

    /// <summary>Addresses for movers in place of those that <c>kedge mover enroll</c> wrote down, parted by blanks; null: those.</summary>
    public string? Movers { get; init; }

    /// <summary>Points taken at once of one site where its record says nothing.</summary>
    public required int PointsAtOnce { get; init; }

    /// <summary>Who may use the API, and how much.</summary>
    public ApiSettings Api { get; init; } = new();

    /// <summary>Other mediators, elsewhere, that are asked what they see of a site.</summary>
    public required ImmutableArray<NamedAddress> Witnesses { get; init; }

    /// <summary>What witnesses show each other; null: this one asks nobody and is nobody's witness.</summary>
    public Secret? WitnessToken { get; init; }

    /// <summary>Addresses that answer as long as this mediator is not cut off, besides the other sites.</summary>
    public required ImmutableArray<Uri> Anchors { get; init; }

    /// <summary>Sites that may be declared lost without a person, and how long each must have been silent.</summary>
    public required ImmutableSortedDictionary<string, TimeSpan> AutomaticLoss { get; init; }

    /// <summary>Where alarms are told.</summary>
    public required ImmutableArray<Uri> Webhooks { get; init; }

    /// <summary>What webhooks are signed with.</summary>
    public Secret? WebhookKey { get; init; }

    /// <summary>Spans are sent to a collector, as the other variables of OpenTelemetry say.</summary>
    public required bool SendsTraces { get; init; }

    /// <param name="values">Variables of the environment, of which only those of a mediator are looked at.</param>
    /// <exception cref="MediatorSettingsException">Every problem at once.</exception>
    public static MediatorSettings Parse(IReadOnlyDictionary<string, string> values)
    {
        var read = new SettingsReader(values);
        var listen = read.Listen("KEDGE_LISTEN", "http://127.0.0.1:7676");
        var settings = new MediatorSettings
        {
            Name = read.Name("KEDGE_NAME", Environment.MachineName),
            Listen = listen,
            Api = ApiSettings.Parse(values, listen, read.Problems),
            Database = read.Text("KEDGE_DATABASE"),
            Movers = read.Text("KEDGE_MOVERS"),
            PointsAtOnce = read.Number("KEDGE_POINTS_AT_ONCE", 4, 1, 1000),
            Witnesses = read.Named("KEDGE_WITNESSES"),
            WitnessToken = read.File("KEDGE_WITNESS_TOKEN_FILE"),
            Anchors = read.Addresses("KEDGE_ANCHORS"),
            AutomaticLoss = read.Times("KEDGE_AUTOMATIC_SITE_LOSS", least: TimeSpan.FromMinutes(1)),
            Webhooks = read.Addresses("KEDGE_WEBHOOKS"),
            WebhookKey = read.File("KEDGE_WEBHOOK_KEY_FILE"),
            SendsTraces = (read.Text("OTEL_EXPORTER_OTLP_ENDPOINT") ?? read.Text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) is not null && read.Text("OTEL_TRACES_EXPORTER") is not "none",
        };
        read.Demand(settings.Witnesses.IsEmpty || settings.WitnessToken is not null, "KEDGE_WITNESSES: witnesses are asked with a token; put one, the same for all, into a file and name it in KEDGE_WITNESS_TOKEN_FILE.");
        read.Demand(settings.Webhooks.IsEmpty || settings.WebhookKey is not null, "KEDGE_WEBHOOKS: what is sent is signed; put a key into a file and name it in KEDGE_WEBHOOK_KEY_FILE.");
        read.Demand(settings.AutomaticLoss.IsEmpty || settings.Witnesses.Length >= 2, "KEDGE_AUTOMATIC_SITE_LOSS: nothing is begun without a majority of three observers; name two witnesses at least in KEDGE_WITNESSES.");
        return read.Problems is [] ? settings : throw new MediatorSettingsException(read.Problems);
    }
}

/// <summary>The settings of a mediator cannot be used.</summary>
public sealed class MediatorSettingsException(IReadOnlyList<string> problems)
    : Exception("the settings of the mediator cannot be used:" + string.Concat(problems.Select(problem => $"\n  - {problem}")))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
