using Kedge.Mediator.Watch;
using Kedge.Testing;

namespace Kedge.Mediator.Tests.Watch;

public sealed class SiteRoundsTests
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_whose_turn_does_not_end_holds_up_no_other_and_is_cut_off()
    {
        var clock = new FakeClock();
        using var logs = new HeardLogs();
        var turns = 0;
        var wasCutOff = new TaskCompletionSource();
        using var rounds = new SiteRounds("Looking", TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2), () => ["fast", "slow"], TurnAsync, clock, logs.CreateLogger("Kedge.Sites"));

        await rounds.StartAsync(Cancel);
        await AdvanceUntilAsync(clock, () => Volatile.Read(ref turns) >= 5);
        var slowWasStillAtIt = !wasCutOff.Task.IsCompleted;
        await AdvanceUntilAsync(clock, () => wasCutOff.Task.IsCompleted && logs.Of(3405).Any());
        await rounds.StopAsync(Cancel);

        Assert.True(slowWasStillAtIt);

        async Task TurnAsync(string site, CancellationToken cancel)
        {
            if (site == "fast")
            {
                Interlocked.Increment(ref turns);
                return;
            }
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancel);
            }
            finally
            {
                wasCutOff.TrySetResult();
            }
        }
    }

    [Fact]
    public async Task What_fails_at_a_site_is_said_once_and_tried_again()
    {
        var clock = new FakeClock();
        using var logs = new HeardLogs();
        var tries = 0;
        using var rounds = new SiteRounds(
            "Looking", TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2), () => ["A"], (_, _) => throw new IOException($"away {Interlocked.Increment(ref tries) / 1000}"), clock, logs.CreateLogger("Kedge.Sites"));

        await rounds.StartAsync(Cancel);
        await AdvanceUntilAsync(clock, () => Volatile.Read(ref tries) >= 4);
        await rounds.StopAsync(Cancel);

        Assert.Single(logs.Of(3405));
    }

    static async Task AdvanceUntilAsync(FakeClock clock, Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!holds())
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, limit.Token);
        }
    }
}
