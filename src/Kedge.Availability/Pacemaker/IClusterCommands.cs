namespace Kedge.Availability.Pacemaker;

/// <summary>Runs one of Pacemaker's command-line tools to its end, or to its limit.</summary>
public interface IClusterCommands
{
    /// <param name="command">Program and arguments; no shell reads them on this machine.</param>
    /// <param name="input">What the program reads, or null.</param>
    /// <param name="limit">After it the program and all that it started are killed.</param>
    /// <exception cref="ClusterException">Not started, or killed at the limit. An exit code other than 0 is an answer, not an exception.</exception>
    Task<CommandAnswer> RunAsync(IReadOnlyList<string> command, string? input, TimeSpan limit, CancellationToken cancel);
}

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Pacemaker's own codes: 0 done, 78 not valid, 103 somebody else wrote meanwhile, 105 no such object.</param>
public sealed record CommandAnswer(int ExitCode, string Output, string Error);
