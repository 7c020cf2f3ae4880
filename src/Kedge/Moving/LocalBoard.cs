using Kedge.Contracts.Moving;
using Kedge.Mover.Boards;
using Kedge.Recovery.Moving;

namespace Kedge.Moving;

/// <summary>The way of a mover to the board of its own process.</summary>
sealed class LocalBoard(MoveBoard board, MoverId mover) : IBoardLink
{
    public string Name => "of this process";

    public Task<MoveLease?> TakeAsync(MoverOffer offer, CancellationToken cancel) => board.TakeAsync(mover, offer, cancel);

    public Task<ReportReceipt> ReportAsync(MoveReport report, CancellationToken cancel) => Task.FromResult(board.Report(mover, report));
}
