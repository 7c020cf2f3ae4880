using Kedge.HaLab.Tests.Measuring;

namespace Kedge.HaLab.Tests;

/// <summary>
/// <c>dev/lab ha measure</c>: every fault as often as it is asked for. What was measured is kept, so that what was broken off goes on where it
/// was. A round goes through all faults of a set-up, so that whenever it ends all were done as often.
/// </summary>
public sealed class MeasureTests
{
    /// <summary>Rounds of what takes a minute and more each, in the set-ups that are for comparison.</summary>
    const int Slow = 4;

    static readonly Fault[] OfTheService = [Fault.ServiceKilled, Fault.ServiceHung];
    static readonly Fault[] OfTheUsers = [.. OfTheService, Fault.NodeKilled, Fault.DcKilled, Fault.CableCut];
    static readonly Fault[] OfPatience = [Fault.AllSwitchedOnAtOnce, Fault.TwoOfThreeLost, Fault.FencingBroken, Fault.FencingConfirmed];

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_fault_as_often_as_it_is_asked_for()
    {
        Assert.SkipWhen(Measurement.Rounds == 0, "Only dev/lab ha measure.");
        var rounds = Measurement.Rounds;
        await MeasureAsync("kedge", rounds, [.. OfTheUsers, .. OfPatience]);
        await MeasureAsync("modern", rounds, OfTheService);
        await MeasureAsync("modern", Math.Min(rounds, Slow), OfTheUsers);
        await MeasureAsync("paper", rounds, OfTheService);
        await MeasureAsync("paper", Math.Min(rounds, Slow), OfTheUsers);
        foreach (var retry in new[] { true, false })
        {
            if (SafetyNotes.All.SelectMany(notes => notes.Notes).All(note => !note.StartsWith($"HAProxy's retry {(retry ? "on" : "off")}", StringComparison.Ordinal)))
                await DyingInTurn.RunAsync(retry, TimeSpan.FromMinutes(5), Cancel);
        }
        if (SafetyNotes.All.All(notes => notes.Fault != "CPU starved"))
            await WaitingIsRight.StarvedAsync(TimeSpan.FromMinutes(10), Cancel);
    }

    static async Task MeasureAsync(string setup, int rounds, Fault[] faults)
    {
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var fault in faults.Where(fault => Measurement.All.Count(one => one.Setup == setup && one.Fault == fault) < (IsHalf(fault) ? (rounds + 1) / 2 : rounds)).ToArray())
            {
                if (Measurement.All.Count(one => one.Setup == setup && one.Fault == fault) < round)
                    await OnceAsync(setup, fault);
                RecoveryPage.Write();
            }
        }
    }

    /// <summary>One fault in two ways.</summary>
    static bool IsHalf(Fault fault) => fault is Fault.FencingBroken or Fault.FencingConfirmed;

    static Task OnceAsync(string setup, Fault fault) => fault switch
    {
        Fault.TwoOfThreeLost => WaitingIsRight.TwoOfThreeLostAsync(Cancel),
        Fault.FencingBroken => WaitingIsRight.FencingBrokenAsync(byHand: false, Cancel),
        Fault.FencingConfirmed => WaitingIsRight.FencingBrokenAsync(byHand: true, Cancel),
        _ => Measurement.RunAsync(setup, fault, Cancel),
    };
}
