namespace Kedge.Availability.Pacemaker;

/// <summary>Why the cluster did not do what it was asked.</summary>
public enum ClusterFault
{
    /// <summary>The command is not there, or could not be started.</summary>
    NotInstalled,

    /// <summary>The command did not end within its limit and was killed. What it was to write may have been written.</summary>
    TimedOut,

    /// <summary>The node does not answer over ssh. Whether the command ran there, nobody here knows.</summary>
    Unreachable,

    /// <summary>The command ended with an error; nothing was written.</summary>
    Refused,

    /// <summary>Others changed the CIB each time that it was tried; nothing was written.</summary>
    Contended,

    /// <summary>The answer is not what Pacemaker 2.1 prints.</summary>
    Unreadable,

    /// <summary>What was to be written is not a CIB that Pacemaker would accept; nothing was written.</summary>
    Invalid,
}

/// <summary>The one exception for Pacemaker's outside world.</summary>
public sealed class ClusterException(ClusterFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public ClusterFault Fault { get; } = fault;

    /// <summary>Killed before it answered, or out of reach: look before writing again.</summary>
    public bool MayHaveHappened => Fault is ClusterFault.TimedOut or ClusterFault.Unreachable;
}
