using System.Globalization;
using Kedge.Mediator.Api;

namespace Kedge.Mediator.Settings;

/// <summary>Everything about a mediator that is set and not data, read once. What each is for: docs/operate/mediator.md</summary>
public sealed record MediatorSettings
{
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

    /// <param name="values">Variables of the environment, of which only those of a mediator are looked at.</param>
    /// <exception cref="MediatorSettingsException">Every problem at once.</exception>
    public static MediatorSettings Parse(IReadOnlyDictionary<string, string> values)
    {
        var problems = new List<string>();
        var listen = Address(values.GetValueOrDefault("KEDGE_LISTEN") ?? "http://127.0.0.1:7676", problems);
        var settings = new MediatorSettings
        {
            Listen = listen,
            Api = ApiSettings.Parse(values, listen, problems),
            Database = values.GetValueOrDefault("KEDGE_DATABASE") is { Length: > 0 } database ? database : null,
            Movers = values.GetValueOrDefault("KEDGE_MOVERS"),
            PointsAtOnce = Number(values, "KEDGE_POINTS_AT_ONCE", 4, 1, 1000, problems),
        };
        return problems is [] ? settings : throw new MediatorSettingsException(problems);
    }

    static Uri Address(string text, List<string> problems)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.PathAndQuery == "/")
            return address;
        problems.Add($"KEDGE_LISTEN: '{text}' is not an address to listen at: http://127.0.0.1:7676, or port 0 for any.");
        return new Uri("http://127.0.0.1:0");
    }

    static int Number(IReadOnlyDictionary<string, string> values, string name, int otherwise, int least, int most, List<string> problems)
    {
        if (values.GetValueOrDefault(name) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        problems.Add($"{name}: '{text}' is not a whole number from {least} to {most}.");
        return otherwise;
    }
}

/// <summary>The settings of a mediator cannot be used.</summary>
public sealed class MediatorSettingsException(IReadOnlyList<string> problems)
    : Exception("the settings of the mediator cannot be used:" + string.Concat(problems.Select(problem => $"\n  - {problem}")))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
