using System.Collections.Immutable;
using Kedge.Contracts.Moving;

namespace Kedge.Recovery.Moving;

/// <summary>
/// Where orders wait for movers. In memory alone: an order's id comes from run and step, and the step asks until it is done, so that a process
/// which was killed finds its orders again by ordering them again (docs/decisions/0021-move-board.md). Safe for concurrent use; only
/// <see cref="TakeAsync"/> waits.
/// </summary>
/// <param name="leaseTime">How long a mover may be silent before another gets its order.</param>
public sealed class MoveBoard(TimeProvider time, TimeSpan leaseTime)
{
    /// <summary>Long enough for a network that stumbles, short enough for a recovery that waits.</summary>
    public static readonly TimeSpan UsualLease = TimeSpan.FromSeconds(30);

    /// <summary>A mover keeps a question open for so long at most.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    const int MostOrders = 2_000;
    const int LongestId = 200;
    static readonly TimeSpan EndsAreKept = TimeSpan.FromHours(24);

    /// <summary>A step asks every second while its run is executed. An order that nobody asked for so long is of a run that ended, or goes on elsewhere.</summary>
    static readonly TimeSpan OrdersAreKept = TimeSpan.FromMinutes(15);
    static readonly TimeSpan MoversAreKept = TimeSpan.FromMinutes(2);

    readonly Lock gate = new();
    readonly Dictionary<string, PlacedOrder> orders = new(StringComparer.Ordinal);
    readonly Dictionary<MoverId, MoverSeen> movers = [];
    TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // A board that was made anew must not give an epoch that an earlier one gave: leases of that one are refused here.
    long epochs = time.GetUtcNow().ToUnixTimeMilliseconds() << 16;
    long placed;

    /// <summary>A board with the usual lease.</summary>
    public MoveBoard(TimeProvider time)
        : this(time, UsualLease)
    {
    }

    /// <summary>The movers that asked or reported in the last two minutes.</summary>
    public ImmutableArray<MoverSeen> Movers
    {
        get
        {
            lock (gate)
            {
                DropSilentMovers_HoldsLock();
                return [.. movers.Values.OrderBy(seen => seen.Mover.ToString(), StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>
    /// Places the order when it is unknown, and answers how far it is; cheap enough to ask every second. A failure is answered once: whoever orders
    /// the same again wants it tried again.
    /// </summary>
    /// <exception cref="ArgumentException">The order makes no sense, or its id belongs to another one.</exception>
    /// <exception cref="MoveBoardFullException">Too many orders are waiting.</exception>
    public MoveStatus Order(MoveOrder order)
    {
        Check(order);
        lock (gate)
        {
            var now = Expire_HoldsLock();
            if (!orders.TryGetValue(order.Id, out var known))
            {
                known = Place_HoldsLock(order, now);
            }
            else if (known.Order != order)
            {
                throw new ArgumentException($"The order {order.Id} is another one already: {known.Order}. An id names one order for ever.", nameof(order));
            }
            known.AskedAt = now;
            var status = known.Status(() => Missing_HoldsLock(order));
            if (status is MoveStatus.Failed) orders.Remove(order.Id);
            return status;
        }
    }

    /// <summary>
    /// Calls an order off: no mover gets it any more, and one that is at it stops at its next report. True when no mover touches the device any
    /// longer, which is what to wait for before the device is taken away; false: ask again in a second. Unknown orders are at rest.
    /// </summary>
    public bool CallOff(string order)
    {
        lock (gate)
        {
            Expire_HoldsLock();
            if (!orders.TryGetValue(order, out var known)) return true;
            known.CallOff();
            if (known is { Lease: not null, End: null }) return false;
            orders.Remove(order);
            return true;
        }
    }

    /// <summary>Calls all orders of a run off, which is no longer executed; true when no mover touches anything for it any longer.</summary>
    public bool CallOffRun(string run)
    {
        List<string> ofRun;
        lock (gate) ofRun = [.. orders.Keys.Where(id => id.StartsWith($"{run}/", StringComparison.Ordinal))];
        var areAtRest = true;
        foreach (var id in ofRun) areAtRest &= CallOff(id);
        return areAtRest;
    }

    /// <summary>A mover asks for work: the first order in the row that it can do, or null when there was none for as long as it wanted to wait.</summary>
    public async Task<MoveLease?> TakeAsync(MoverId mover, MoverOffer offer, CancellationToken cancel)
    {
        var until = time.GetUtcNow() + TimeSpan.FromSeconds(Math.Clamp(offer.WaitS, 0, LongestWait.TotalSeconds));
        while (true)
        {
            Task news;
            TimeSpan wait;
            lock (gate)
            {
                var now = Expire_HoldsLock();
                movers[mover] = new MoverSeen(mover, offer, now);
                if (FindFree_HoldsLock(mover, offer, now) is { } free)
                {
                    free.Give(mover, ++epochs, now + leaseTime);
                    return new MoveLease(free.Order, epochs, (int)leaseTime.TotalMilliseconds, free.WasBegun);
                }
                if (now >= until) return null;
                news = changed.Task;
                wait = WakeAt_HoldsLock(until, now) - now;
            }
            await WaitAsync(news, wait, cancel);
        }
    }

    /// <summary>A mover reports on an order that it holds.</summary>
    public ReportReceipt Report(MoverId mover, MoveReport report)
    {
        lock (gate)
        {
            var now = Expire_HoldsLock();
            if (movers.TryGetValue(mover, out var seen)) movers[mover] = seen with { HeardAt = now };
            if (!orders.TryGetValue(report.Order, out var known) || known.Lease is not { } lease || lease.Epoch != report.Epoch || lease.Mover != mover)
                return new ReportReceipt(ReportAnswer.Stop, 0);
            // The answer to an end may have been lost: said again, it stands.
            if (known.End is not null) return new ReportReceipt(known.End is MoveStatus.Done && report.News is MoveNews.Finished ? ReportAnswer.GoOn : ReportAnswer.Stop, 0);
            if (known.IsCalledOff)
            {
                if (report.News is not MoveNews.Progressed) orders.Remove(report.Order);
                return new ReportReceipt(ReportAnswer.Stop, 0);
            }
            known.Enter(report.News, now, leaseTime);
            if (report.News is not MoveNews.Progressed) Wake_HoldsLock();
            return new ReportReceipt(ReportAnswer.GoOn, (int)leaseTime.TotalMilliseconds);
        }
    }

    PlacedOrder Place_HoldsLock(MoveOrder order, DateTimeOffset now)
    {
        // What has ended makes room for what is to be done: whoever asks for it again has it done again, which finds it done.
        if (orders.Count >= MostOrders && orders.Values.Where(known => known.End is not null).MinBy(known => known.AskedAt) is { } oldest) orders.Remove(oldest.Order.Id);
        if (orders.Count >= MostOrders) throw new MoveBoardFullException($"{MostOrders} orders are with movers or wait for one; the order {order.Id} was not placed. Are there movers at work? kedge mover list");
        var fresh = new PlacedOrder(order, ++placed) { AskedAt = now };
        orders.Add(order.Id, fresh);
        Wake_HoldsLock();
        return fresh;
    }

    PlacedOrder? FindFree_HoldsLock(MoverId mover, MoverOffer offer, DateTimeOffset now) => orders.Values
        .Where(known => known.IsFree(now) && known.Order.Site == mover.Site && MoveNeeds.AreMetBy(offer, known.Order))
        .MinBy(known => known.Number);

    DateTimeOffset Expire_HoldsLock()
    {
        var now = time.GetUtcNow();
        foreach (var known in orders.Values) known.Expire(now);
        foreach (var known in orders.Values.Where(known => known.End is null && now - known.AskedAt > OrdersAreKept)) known.CallOff();
        foreach (var known in orders.Values.Where(known => known.End is not null && now - known.AskedAt > EndsAreKept).ToList()) orders.Remove(known.Order.Id);
        foreach (var known in orders.Values.Where(known => known is { IsCalledOff: true, Lease: null }).ToList()) orders.Remove(known.Order.Id);
        return now;
    }

    DateTimeOffset WakeAt_HoldsLock(DateTimeOffset until, DateTimeOffset now)
    {
        foreach (var known in orders.Values)
        {
            if (known.NextChange is { } next && next > now && next < until) until = next;
        }
        return until;
    }

    void DropSilentMovers_HoldsLock()
    {
        var now = time.GetUtcNow();
        foreach (var silent in movers.Values.Where(seen => now - seen.HeardAt > MoversAreKept).ToList()) movers.Remove(silent.Mover);
    }

    string Missing_HoldsLock(MoveOrder order)
    {
        DropSilentMovers_HoldsLock();
        var there = movers.Values.Where(seen => seen.Mover.Site == order.Site).ToList();
        if (there.Count == 0) return $"a mover of site {order.Site}: none has asked for work in the last {MoversAreKept.TotalMinutes} minutes";
        return there.Exists(seen => MoveNeeds.AreMetBy(seen.Offer, order))
            ? $"a mover of site {order.Site} to be free"
            : $"a mover of site {order.Site} that reaches {MoveNeeds.Of(order.Device)} and the repository {order.Repository}; those there do not: {string.Join(", ", there.Select(seen => seen.Mover.Name))}";
    }

    void Wake_HoldsLock()
    {
        changed.SetResult();
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    async Task WaitAsync(Task news, TimeSpan wait, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(news, Task.Delay(wait, time, enough.Token));
        await enough.CancelAsync();
        cancel.ThrowIfCancellationRequested();
    }

    static void Check(MoveOrder order)
    {
        if (order.Id.Length is 0 or > LongestId) throw new ArgumentException($"The id of an order has 1 to {LongestId} characters; this one has {order.Id.Length}.", nameof(order));
        var fraction = order.Work switch
        {
            MoveWork.Write write => write.ReadBackFraction,
            MoveWork.Verify verify => verify.Fraction,
            _ => 1,
        };
        if (fraction is not (>= 0 and <= 1)) throw new ArgumentException($"The order {order.Id} wants {fraction} of the blocks read; a fraction is 0 to 1.", nameof(order));
    }
}

/// <summary>The board holds as many orders as it takes; ask again later.</summary>
public sealed class MoveBoardFullException(string message) : Exception(message);
