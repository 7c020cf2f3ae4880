using Kedge.Contracts.Moving;

namespace Kedge.Mover.Boards;

/// <summary>A mover's way to one board: over the network, or within the process that holds it.</summary>
public interface IBoardLink
{
    /// <summary>As messages show it.</summary>
    string Name { get; }

    /// <summary>Asks for work; null when there was none for as long as the offer waits.</summary>
    /// <exception cref="BoardException">The board was not reached, or refused.</exception>
    Task<MoveLease?> TakeAsync(MoverOffer offer, CancellationToken cancel);

    /// <summary>Reports on an order.</summary>
    /// <exception cref="BoardException">The board was not reached, or refused. It may have heard.</exception>
    Task<ReportReceipt> ReportAsync(MoveReport report, CancellationToken cancel);
}

/// <summary>A board was not reached, or refused what it was asked.</summary>
public sealed class BoardException(string message, Exception? inner = null) : Exception(message, inner);
