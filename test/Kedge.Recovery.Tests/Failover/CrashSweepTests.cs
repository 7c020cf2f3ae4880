using Kedge.Plans;
using Kedge.Sandbox.Faults;

namespace Kedge.Recovery.Tests.Failover;

/// <summary>
/// The failover of a workload that has every kind of step is cut off before and after every call to the cloud and every write of the journal
/// in turn, and run again by a new process: the same cloud in the end, nothing twice, nothing left over. Health checks alone are left out:
/// they make nothing, and real sockets do not fit into simulated time.
/// </summary>
public sealed class CrashSweepTests
{
    [Theory]
    [InlineData(Moment.BeforeCall)]
    [InlineData(Moment.DuringCall)]
    [InlineData(Moment.AfterCall)]
    [InlineData(Moment.AtWrite)]
    public async Task Whenever_the_power_goes_the_next_process_brings_about_the_same_cloud(Moment moment)
    {
        var primary = await LostPrimary.MakeAsync();
        var undisturbed = await RunAsync(primary, Moment.Never, 0, null);

        for (var number = 0; number < (moment is Moment.AtWrite ? undisturbed.Writes : undisturbed.Calls.Count); number++)
            if (moment is not Moment.DuringCall || undisturbed.Calls[number].IsWrite)
                Demand(undisturbed, await RunAsync(primary, moment, number, null), $"{moment} {(moment is Moment.AtWrite ? number : undisturbed.Calls[number])}");
    }

    [Fact]
    public async Task Whichever_answer_is_lost_the_same_process_brings_about_the_same_cloud()
    {
        var primary = await LostPrimary.MakeAsync();
        var undisturbed = await RunAsync(primary, Moment.Never, 0, null);

        foreach (var write in undisturbed.Calls.Select((call, number) => (call, number)).Where(c => c.call.IsWrite))
            Demand(undisturbed, await RunWithLostAnswerAsync(primary, write.number), $"answer lost: {write.call}");
    }

    [Theory]
    [InlineData("create-network", "network", "/networks")]
    [InlineData("create-security-group", "network", "/security-groups")]
    [InlineData("create-router", "network", "/routers")]
    [InlineData("create-port", "network", "/ports")]
    [InlineData("reserve-floating-ip", "network", "/floatingips")]
    [InlineData("restore-volume", "volumev3", "/volumes")]
    [InlineData("create-server-group", "compute", "/os-server-groups")]
    [InlineData("create-server", "compute", "/servers")]
    public async Task The_sweep_notices_a_step_that_does_not_look_for_its_mark(string kind, string service, string path)
    {
        var primary = await LostPrimary.MakeAsync();
        var undisturbed = await RunAsync(primary, Moment.Never, 0, null);
        var creation = undisturbed.Calls.FindIndex(c => c.Method == "POST" && c.Service == service && c.Path.EndsWith(path, StringComparison.Ordinal));

        var blind = await RunAsync(primary, Moment.AfterCall, creation, kind);

        Assert.True(blind.Phase is not RunPhase.Finished || blind.Picture != undisturbed.Picture, $"{kind} did not look, and nobody noticed.");
    }

    static void Demand(Ended undisturbed, Ended ended, string replay)
    {
        Assert.True(ended.Phase is RunPhase.Finished, $"{replay}: {ended.Phase}: {ended.Reason}");
        if (ended.Picture == undisturbed.Picture)
            return;
        var (before, after) = (undisturbed.Picture.Split('\n'), ended.Picture.Split('\n'));
        Assert.Fail($"{replay}: another cloud.\nmissing:\n{string.Join('\n', before.Except(after))}\ntoo much:\n{string.Join('\n', after.Except(before))}\ncounts {before.Length} and {after.Length}");
    }

    /// <param name="blindKind">Steps of this kind look for another mark at each attempt, and so never find what they made before.</param>
    static async Task<Ended> RunAsync(LostPrimary primary, Moment moment, int number, string? blindKind)
    {
        await using var target = await SmallTarget.MakeAsync(primary);
        var house = target.House;
        var outage = new Outage(house, moment, number);
        var run = RunId.Create(house.Clock);
        return await house.LiveAsync(async () =>
        {
            RunState? state = null;
            for (var process = 1; state is null; process++)
            {
                Assert.True(process <= 3, "One outage is mended by one new process.");
                try
                {
                    await house.Journal.BeginAsync(run, target.Plan, SmallTarget.ExclusiveKey, "host/1", CancellationToken.None);
                    state = await Process(house, blindKind).ExecuteAsync(run, null, CancellationToken.None);
                }
                catch (Exception e) when (e is PowerLost or PowerLostException)
                {
                    outage.PowerBack();
                }
            }
            Assert.True(moment is Moment.Never || outage.Happened);
            return new Ended(state.Phase, state.Reason, CloudPicture.Of(house.B, run.Value), outage.Calls, outage.Writes);
        });
    }

    static async Task<Ended> RunWithLostAnswerAsync(LostPrimary primary, int number)
    {
        await using var target = await SmallTarget.MakeAsync(primary);
        var calls = new List<SandboxCall>();
        target.House.B.Faults.OnCall = call =>
        {
            calls.Add(call);
            return calls.Count - 1 == number ? new FaultAction.LoseAnswer() : FaultAction.None;
        };
        var state = await target.FailOverAsync();
        return new Ended(state.Phase, state.Reason, CloudPicture.Of(target.House.B, state.Run.Value), calls, 0);
    }

    static RunExecutor Process(House house, string? blindKind) => house.NewProcess(
        "host/1", blindKind is null ? null : (planned, step) => planned.Kind == blindKind ? new Blind(step) : step);

    sealed record Ended(RunPhase Phase, string? Reason, string Picture, List<SandboxCall> Calls, int Writes);
}
