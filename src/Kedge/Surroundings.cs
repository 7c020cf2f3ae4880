using Kedge.OpenStack;

namespace Kedge;

/// <summary>What a command touches besides clouds and files: so that a test can run the whole command line in its own process.</summary>
/// <param name="Output">What was asked for.</param>
/// <param name="Error">Everything else: progress, remarks, errors.</param>
/// <param name="Input">Answers of the person at the terminal.</param>
/// <param name="IsTerminal">Somebody watches: live progress, questions.</param>
/// <param name="Settings">Where clouds.yaml and OS_* are looked for.</param>
/// <param name="Clock">Time.</param>
sealed record Surroundings(TextWriter Output, TextWriter Error, TextReader Input, bool IsTerminal, SettingsSource Settings, TimeProvider Clock)
{
    /// <summary>What carries requests to clouds; null: real connections.</summary>
    public HttpMessageHandler? Transport { get; init; }

    public static Surroundings Process() => new(
        Console.Out,
        Console.Error,
        Console.In,
        !Console.IsErrorRedirected && !Console.IsInputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb"),
        SettingsSource.Process(),
        TimeProvider.System);
}
