using Kedge.Contracts.Moving;

namespace Kedge.Recovery.Moving;

/// <summary>An order on the board. The board's lock guards all of it.</summary>
sealed class PlacedOrder(MoveOrder order, long number)
{
    /// <summary>So often a mover may fall silent over one order; more, and the order itself is to be suspected.</summary>
    const int MostLosses = 5;

    /// <summary>So often what may pass is tried again.</summary>
    const int MostTries = 6;

    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);
    string lastWords = "";
    int losses;
    int tries;

    public MoveOrder Order => order;

    /// <summary>Its place in the row: whoever came first is served first.</summary>
    public long Number => number;

    public MoverLease? Lease { get; private set; }

    /// <summary>Done or failed; null while there is something to do.</summary>
    public MoveStatus? End { get; private set; }

    public bool IsCalledOff { get; private set; }

    public bool WasBegun { get; private set; }

    /// <summary>Not offered to movers before.</summary>
    public DateTimeOffset NotBefore { get; private set; }

    public DateTimeOffset AskedAt { get; set; }

    public bool IsFree(DateTimeOffset now) => End is null && Lease is null && !IsCalledOff && now >= NotBefore;

    /// <summary>When it changes by itself; null: never.</summary>
    public DateTimeOffset? NextChange => End is not null ? null : Lease?.Until ?? NotBefore;

    public MoveStatus Status(Func<string> missing) => this switch
    {
        { End: { } end } => end,
        { Lease: { } lease } => new MoveStatus.Running(lease.Mover.Name, lease.Progress),
        _ => new MoveStatus.Waiting(lastWords is "" ? missing() : $"{missing()}; {lastWords}"),
    };

    public void Give(MoverId mover, long epoch, DateTimeOffset until)
    {
        Lease = new MoverLease(mover, epoch, until, Lease?.Progress ?? new MoveProgress(0, 0, 0, 0, "beginning"));
    }

    /// <summary>Enters what the holder of the lease says.</summary>
    public void Enter(MoveNews news, DateTimeOffset now, TimeSpan leaseTime)
    {
        var mover = Lease!.Mover.Name;
        WasBegun = true;
        switch (news)
        {
            case MoveNews.Progressed(var progress):
                Lease = Lease with { Progress = progress, Until = now + leaseTime };
                break;
            case MoveNews.Finished(var result):
                Finish(new MoveStatus.Done(mover, result));
                break;
            case MoveNews.GaveUp(var failure):
                GiveUp(mover, failure, now);
                break;
            case MoveNews.HandedBack:
                Lease = null;
                lastWords = $"{mover} ended and handed it back";
                break;
        }
    }

    /// <summary>Lets go of a lease that ran out.</summary>
    public void Expire(DateTimeOffset now)
    {
        if (End is not null) return;
        if (Lease is { } lease && now >= lease.Until)
        {
            Lease = null;
            WasBegun = true;
            losses++;
            lastWords = $"{lease.Mover.Name} was lost over it at {lease.Until:u}";
            if (losses >= MostLosses)
            {
                Finish(new MoveStatus.Failed(lease.Mover.Name, new MoveFailure(
                    MoveFailureCode.Lost, $"{losses} times a mover fell silent over the order {order.Id}; the last one was {lease.Mover}.",
                    "Read the log of the movers (journalctl -u kedge-mover): the order may be what ends them. Then resume the run.", IsTransient: true)));
            }
        }
    }

    public void CallOff() => IsCalledOff = true;

    void GiveUp(string mover, MoveFailure failure, DateTimeOffset now)
    {
        Lease = null;
        tries++;
        lastWords = $"{mover} failed: {failure.Message}";
        if (failure.IsTransient && tries < MostTries) NotBefore = now + TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 2 << tries));
        else Finish(new MoveStatus.Failed(mover, failure));
    }

    void Finish(MoveStatus end)
    {
        End = end;
    }
}

/// <summary>Who has an order, under which epoch, until when.</summary>
sealed record MoverLease(MoverId Mover, long Epoch, DateTimeOffset Until, MoveProgress Progress);
