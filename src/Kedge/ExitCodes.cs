namespace Kedge;

/// <summary>What the exit code of <c>kedge</c> tells a script; printed by <c>kedge --help</c>.</summary>
static class ExitCodes
{
    public const int Done = 0;

    /// <summary>Something failed that kedge did not foresee: a bug, or a broken machine.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a file given to it is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>A cloud refused, or could not be reached.</summary>
    public const int Cloud = 3;

    /// <summary>The run stopped and needs a person; it can be resumed.</summary>
    public const int Stopped = 4;

    /// <summary>Not ready: a failover would not work now.</summary>
    public const int NotReady = 5;

    /// <summary>Refused because something else is under way, or because it would not be safe.</summary>
    public const int Conflict = 6;

    /// <summary>The journal or the repository cannot be read or written.</summary>
    public const int Storage = 7;

    /// <summary>A promise is at risk: the newest point is older than one and a half RPOs, or the like.</summary>
    public const int AtRisk = 8;

    /// <summary>Interrupted (Ctrl-C): a run goes on with <c>kedge run resume</c>.</summary>
    public const int Interrupted = 130;

    public const string Help = """
        Exit codes:
          0    done
          1    failed in a way that was not foreseen
          2    the command line, or a file given to it, is wrong; nothing was done
          3    a cloud refused or could not be reached
          4    the run stopped and needs a person; it can be resumed
          5    not ready: a failover would not work now
          6    refused: something else is under way, or it would not be safe
          7    the journal or the repository cannot be read or written
          8    a promise is at risk (workload status, site health)
          130  interrupted; a run goes on with 'kedge run resume'
        """;
}

/// <summary>The person at the terminal asked for something that cannot be; the message says what can.</summary>
sealed class UsageException(string message) : Exception(message);

/// <summary>Not now: something else is under way, or it would not be safe; the message says what and what to do.</summary>
sealed class RefusedException(string message) : Exception(message);
