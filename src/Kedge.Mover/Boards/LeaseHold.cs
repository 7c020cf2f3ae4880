using Kedge.Contracts.Moving;
using Kedge.Mover.Transfers;

namespace Kedge.Mover.Boards;

/// <summary>
/// The right to work on an order, for as long as the board renews it. It counts from when the board was asked, by a clock that runs on while the process is paused;
/// whoever is about to change something asks <see cref="Demand"/> first, so that a mover that was paused does not write over what its successor did.
/// </summary>
sealed class LeaseHold : IDisposable
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    readonly IBoardLink board;
    readonly MoveLease lease;
    readonly MoveMeter meter;
    readonly TimeProvider time;
    readonly CancellationTokenSource over;
    long heldFrom;
    long heldForMs;
    volatile string? lostBecause;

    public LeaseHold(IBoardLink board, MoveLease lease, long askedAt, MoveMeter meter, TimeProvider time, CancellationToken stop)
    {
        this.board = board;
        this.lease = lease;
        this.meter = meter;
        this.time = time;
        heldFrom = askedAt;
        heldForMs = lease.ForMs;
        over = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    /// <summary>Cancelled when the lease is lost, or the mover ends.</summary>
    public CancellationToken Token => over.Token;

    /// <summary>Why it is lost; null while it holds.</summary>
    public string? LostBecause => lostBecause;

    TimeSpan Left => TimeSpan.FromMilliseconds(Volatile.Read(ref heldForMs)) - time.GetElapsedTime(Volatile.Read(ref heldFrom));

    /// <summary>Throws when the order may be another's by now.</summary>
    public void Demand()
    {
        if (lostBecause is null && Left > TimeSpan.Zero) return;
        lostBecause ??= "it was not renewed in time";
        throw new MoveException(MoveFailureCode.Lost, $"The lease on {lease.Order.Id} is lost: {lostBecause}.", "Another mover goes on.");
    }

    /// <summary>Reports progress, and thereby renews, until told to end or the lease is lost.</summary>
    public async Task KeepAsync(CancellationToken end)
    {
        var every = TimeSpan.FromMilliseconds(lease.ForMs / 6.0);
        var wait = every;
        while (true)
        {
            var left = Left;
            if (left <= TimeSpan.Zero)
            {
                await LoseAsync("the board was not reached in time to renew it");
                return;
            }
            await Task.Delay(wait < left ? wait : left, time, end);
            var asked = time.GetTimestamp();
            try
            {
                var receipt = await board.ReportAsync(new MoveReport(lease.Order.Id, lease.Epoch, new MoveNews.Progressed(meter.Progress())), end);
                if (receipt.Answer == ReportAnswer.Stop)
                {
                    await LoseAsync("the board has called the order off, or given it to another");
                    return;
                }
                Volatile.Write(ref heldFrom, asked);
                Volatile.Write(ref heldForMs, receipt.ForMs);
                wait = every;
            }
            catch (BoardException)
            {
                // The lease's own end bounds the trying.
                wait = RetryAfter;
            }
        }
    }

    /// <summary>Says how it ended, again and again while the lease holds: a lost answer must not cost the work. Once at least: whoever called it off waits for that.</summary>
    public async Task<bool> CloseAsync(MoveNews news, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return (await board.ReportAsync(new MoveReport(lease.Order.Id, lease.Epoch, news), cancel)).Answer == ReportAnswer.GoOn;
            }
            catch (BoardException)
            {
                if (lostBecause is not null || Left <= TimeSpan.Zero) return false;
            }
            await Task.Delay(RetryAfter, time, cancel);
        }
    }

    public void Dispose() => over.Dispose();

    async Task LoseAsync(string because)
    {
        lostBecause = because;
        await over.CancelAsync();
    }
}
