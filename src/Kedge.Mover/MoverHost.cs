using System.Collections.Concurrent;
using Kedge.Contracts.Moving;
using Kedge.Mover.Boards;
using Kedge.Mover.Settings;
using Kedge.Mover.Transfers;

namespace Kedge.Mover;

/// <summary>A mover at work: it asks its boards for orders and executes them, a few at once, until it is told to end.</summary>
public sealed class MoverHost(MoverSettings settings, IReadOnlyList<IBoardLink> boards, TimeProvider time, TextWriter log) : IDisposable
{
    static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(3);
    static readonly TimeSpan GoodbyeWithin = TimeSpan.FromSeconds(5);
    readonly MoveEngine engine = new(settings, time);
    readonly SemaphoreSlim free = new(settings.AtOnce, settings.AtOnce);
    readonly ConcurrentDictionary<string, bool> atWork = new(StringComparer.Ordinal);

    /// <summary>Ends when cancelled, after it handed back what it had.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // A question holds a place; with several boards each is kept open for a short time, so that none starves the others.
        var offer = new MoverOffer([.. settings.Repositories.Keys.Order(StringComparer.Ordinal)], settings.Devices, boards.Count == 1 ? 25 : 2);
        await Task.WhenAll(boards.Select(board => AskAsync(board, offer, stop)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        free.Dispose();
        engine.Dispose();
    }

    async Task AskAsync(IBoardLink board, MoverOffer offer, CancellationToken stop)
    {
        var working = new List<Task>();
        var lastTrouble = "";
        try
        {
            while (true)
            {
                await free.WaitAsync(stop);
                var isTaken = false;
                try
                {
                    var asked = time.GetTimestamp();
                    if (await board.TakeAsync(offer, stop) is { } lease)
                    {
                        isTaken = true;
                        working.RemoveAll(task => task.IsCompleted);
                        working.Add(WorkAsync(board, lease, asked, stop));
                    }
                    if (lastTrouble.Length > 0) log.WriteLine($"The board {board.Name} answers again.");
                    lastTrouble = "";
                }
                catch (BoardException e)
                {
                    if (e.Message != lastTrouble) log.WriteLine($"{e.Message} Trying again every {PauseAfterRefusal.TotalSeconds} s.");
                    lastTrouble = e.Message;
                    await Task.Delay(PauseAfterRefusal, time, stop);
                }
                finally
                {
                    if (!isTaken) free.Release();
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // As told.
        }
        await Task.WhenAll(working);
    }

    async Task WorkAsync(IBoardLink board, MoveLease lease, long asked, CancellationToken stop)
    {
        var order = lease.Order;
        var meter = new MoveMeter(time);
        try
        {
            using var hold = new LeaseHold(board, lease, asked, meter, time, stop);
            if (!atWork.TryAdd(order.Id, true))
            {
                // Two boards ordered the same: it is at work for the other one.
                await hold.CloseAsync(new MoveNews.HandedBack(), stop);
                await Task.Delay(PauseAfterRefusal, time, stop);
                return;
            }
            try
            {
                log.WriteLine($"{order.Id}: {order.Work.GetType().Name.ToLowerInvariant()} {order.Device}{(lease.WasBegun ? ", going on where another try ended" : "")}.");
                await ExecuteAsync(lease, hold, meter, stop);
            }
            finally
            {
                atWork.TryRemove(order.Id, out _);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // As told.
        }
#pragma warning disable CA1031 // The host's loop: one order that nobody foresaw must not end the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.WriteLine($"{order.Id}: this was not foreseen, please report it: {e}");
        }
        finally
        {
            free.Release();
        }
    }

    async Task ExecuteAsync(MoveLease lease, LeaseHold hold, MoveMeter meter, CancellationToken stop)
    {
        using var end = new CancellationTokenSource();
        // On a thread of the pool: a device that answers at once would otherwise keep the lease from being renewed.
        var keeping = Task.Run(() => hold.KeepAsync(end.Token), CancellationToken.None);
        var news = await Task.Run(() => EndAsync(lease, hold, meter, stop), CancellationToken.None);
        await end.CancelAsync();
        try
        {
            await keeping;
        }
        catch (OperationCanceledException)
        {
            // As told a line above.
        }
        using var goodbye = new CancellationTokenSource(stop.IsCancellationRequested ? GoodbyeWithin : Timeout.InfiniteTimeSpan, time);
        try
        {
            var isHeard = await hold.CloseAsync(news, goodbye.Token);
            log.WriteLine($"{lease.Order.Id}: {Say(news, meter)}{(isHeard ? "" : " The board does not count it: the order was called off, or is another mover's.")}");
        }
        catch (OperationCanceledException)
        {
            log.WriteLine($"{lease.Order.Id}: {Say(news, meter)} The board was not reached any more; the lease runs out by itself.");
        }
    }

    /// <summary>Executes it to its end, and answers what to tell the board.</summary>
    async Task<MoveNews> EndAsync(MoveLease lease, LeaseHold hold, MoveMeter meter, CancellationToken stop)
    {
        try
        {
            return new MoveNews.Finished(await engine.RunAsync(lease, hold, meter));
        }
#pragma warning disable CA1031 // The host's loop: every end of an order is told to the board, and the other orders go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (hold.LostBecause is { } lost)
            {
                log.WriteLine($"{lease.Order.Id}: stopped, {lost}.");
                // Heard only where it was called off: the device is at rest now.
                return new MoveNews.HandedBack();
            }
            if (stop.IsCancellationRequested) return new MoveNews.HandedBack();
            if (MoveFailures.Read(e) is { } failure) return new MoveNews.GaveUp(failure);
            log.WriteLine($"{lease.Order.Id}: this was not foreseen: {e}");
            return new MoveNews.GaveUp(MoveFailures.Unforeseen(e));
        }
    }

    static string Say(MoveNews news, MoveMeter meter) => news switch
    {
        MoveNews.Finished(var result) =>
            $"done in {result.Took.TotalSeconds:0.0} s: {result.ReadBytes >> 20} MiB read, {result.WrittenBytes >> 20} MiB written, {result.SentBytes >> 20} MiB to or from the repository."
            + (result.Mismatches.IsEmpty ? "" : $" What stands there is not what the point says, in {result.Mismatches.Length} ranges, the first at {result.Mismatches[0].OffsetBytes}: nothing should boot from it."),
        MoveNews.GaveUp(var failure) => $"failed ({failure.Code}): {failure.Message} {failure.WhatToDo}",
        _ => $"handed back after {meter.Elapsed.TotalSeconds:0.0} s.",
    };
}
