using System.Collections.Concurrent;

namespace Kedge.Testing;

/// <summary>
/// Runs asynchronous code on one thread of its own, and advances a <see cref="FakeClock"/> to its next timer whenever nothing is left to
/// do: an hour of waiting passes in no time, in the same order every time. It must be the only driver of that clock.
/// </summary>
public static class SimulatedTime
{
    /// <summary>How long nothing may happen, with no timer set, before the body is called stuck. Generous: machines are slow.</summary>
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(60);

    /// <summary>For bodies that do no real I/O and do not leave their thread: exact and repeatable.</summary>
    public static Task RunAsync(FakeClock clock, Func<Task> body) => RunAsync(clock, TimeSpan.Zero, body);

    /// <inheritdoc cref="RunAsync(FakeClock, Func{Task})"/>
    public static Task<T> RunAsync<T>(FakeClock clock, Func<Task<T>> body) => RunAsync(clock, TimeSpan.Zero, body);

    /// <param name="clock">The clock that the body was given.</param>
    /// <param name="quiet">
    /// For bodies with real I/O (sockets, the thread pool): how long, in real time, nothing must have come back before the clock goes on.
    /// Too short a time makes simulated time-outs fire early; the outcome of the test must not depend on it.
    /// </param>
    /// <param name="body">What to run.</param>
    public static async Task RunAsync(FakeClock clock, TimeSpan quiet, Func<Task> body) => await RunAsync(clock, quiet, async () =>
    {
        await body();
        return true;
    });

    /// <inheritdoc cref="RunAsync(FakeClock, TimeSpan, Func{Task})"/>
    public static Task<T> RunAsync<T>(FakeClock clock, TimeSpan quiet, Func<Task<T>> body) => RunAsync(clock, () => quiet, body);

    /// <param name="clock">The clock that the body was given.</param>
    /// <param name="quiet">As above, asked each time: zero while no real I/O is under way.</param>
    /// <param name="body">What to run.</param>
    public static Task<T> RunAsync<T>(FakeClock clock, Func<TimeSpan> quiet, Func<Task<T>> body) =>
        Task.Factory.StartNew(() => Pump(clock, quiet, body), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private static Task<T> Pump<T>(FakeClock clock, Func<TimeSpan> quiet, Func<Task<T>> body)
    {
        using var context = new OneThread();
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            var task = body();
            while (!task.IsCompleted)
            {
                if (context.TryRunOne(quiet()) || clock.AdvanceToNextTimer())
                    continue;
                if (!context.TryRunOne(Stuck))
                    throw new TimeoutException($"Nothing happened for {Stuck}, no timer is set, and the body is not done.");
            }

            return task;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    private sealed class OneThread : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Call, object? State)> queue = [];

        public override void Post(SendOrPostCallback d, object? state)
        {
            if (!queue.IsAddingCompleted)
                queue.Add((d, state));
        }

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Everything here is asynchronous.");

        public override SynchronizationContext CreateCopy() => this;

        public bool TryRunOne(TimeSpan wait)
        {
            if (!queue.TryTake(out var next, wait))
                return false;
            next.Call(next.State);
            return true;
        }

        // What is posted after the end belongs to tasks nobody awaits any more.
        public void Dispose() => queue.CompleteAdding();
    }
}
