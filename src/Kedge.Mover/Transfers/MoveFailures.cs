using Kedge.Blocks;
using Kedge.Blocks.Devices;
using Kedge.Contracts.Moving;

namespace Kedge.Mover.Transfers;

/// <summary>An order that was not done, for a reason of its own: refused, other bytes than the point's, lost to another mover.</summary>
public sealed class MoveException(MoveFailureCode code, string message, string whatToDo) : Exception(message)
{
    /// <summary>What kind of failure it is.</summary>
    public MoveFailureCode Code { get; } = code;

    /// <summary>For a person.</summary>
    public string WhatToDo { get; } = whatToDo;

    internal static MoveException Refused(string message, string whatToDo) => new(MoveFailureCode.Refused, message, whatToDo);
}

/// <summary>What an exception of a transfer means for its order.</summary>
static class MoveFailures
{
    const int LongestMessage = 4000;

    /// <summary>Null: not foreseen.</summary>
    public static MoveFailure? Read(Exception e) => e switch
    {
        MoveException own => Of(own.Code, e, own.WhatToDo, isTransient: false),
        DeviceException device => Of(
            MoveFailureCode.Device, e, device.Fault == DeviceFault.Refused ? "See whether the device is there and whether the mover's user may open it." : "See the log of the device's server or host.", device.IsTransient || device.Fault == DeviceFault.Failed),
        RepositoryException repository => OfRepository(repository),
        IOException or UnauthorizedAccessException => Of(MoveFailureCode.Device, e, "Check the mover's disk space and rights.", isTransient: true),
        _ => null,
    };

    /// <summary>Nobody foresaw it; the mover's log has the whole of it.</summary>
    public static MoveFailure Unforeseen(Exception e) => Of(MoveFailureCode.Unforeseen, e, "This was not foreseen, please report it with the mover's log.", isTransient: true);

    static MoveFailure OfRepository(RepositoryException e) => e.Fault switch
    {
        RepositoryFault.Damaged => Of(MoveFailureCode.Damaged, e, "kedge repository check --read-data says what is harmed; take another point.", isTransient: false),
        RepositoryFault.Missing => Of(MoveFailureCode.Repository, e, "Is this the right repository, and does the point still stand? kedge repository check", isTransient: false),
        RepositoryFault.Refused => Of(MoveFailureCode.Repository, e, "See the mover's settings of this repository.", isTransient: false),
        _ => Of(MoveFailureCode.Repository, e, "See whether the repository's store answers the mover's host.", isTransient: true),
    };

    static MoveFailure Of(MoveFailureCode code, Exception e, string whatToDo, bool isTransient) =>
        new(code, e.Message.Length > LongestMessage ? e.Message[..LongestMessage] : e.Message, whatToDo, isTransient);
}
