using System.Collections.Immutable;
using Kedge.Contracts.Moving;

namespace Kedge.Recovery.Moving;

/// <summary>
/// Where orders wait for movers. In memory alone: an order's id comes from run and step, and the step asks until it is done, so that a process
/// which was killed finds its orders again by ordering them again (docs/decisions/0020-move-board.md). Safe for concurrent use; nothing here waits for a network.
/// </summary>
public sealed class MoveBoard(TimeProvider time)
{
    /// <summary>How long a mover may be silent before another gets its order.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);

    /// <summary>Places the order when it is unknown, and answers how far it is; cheap enough to ask every second.</summary>
    /// <exception cref="ArgumentException">The order makes no sense, or its id belongs to another one.</exception>
    /// <exception cref="MoveBoardFullException">Too many orders are waiting.</exception>
    public MoveStatus Order(MoveOrder order) => throw new NotImplementedException($"{order} {time}");

    /// <summary>Calls an order off: it is forgotten, and a mover that is at it stops at its next report. Unknown ones are fine.</summary>
    public void CallOff(string order) => throw new NotImplementedException(order);

    /// <summary>The movers that asked or reported in the last two minutes.</summary>
    public ImmutableArray<MoverSeen> Movers => seen;

    readonly ImmutableArray<MoverSeen> seen = [];
}

/// <summary>The board holds as many orders as it takes; ask again later.</summary>
public sealed class MoveBoardFullException(string message) : Exception(message);
