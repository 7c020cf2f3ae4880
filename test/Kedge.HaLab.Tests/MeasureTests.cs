using Kedge.HaLab.Tests.Measuring;

namespace Kedge.HaLab.Tests;

/// <summary>
/// <c>dev/lab ha measure</c>: every fault as often as it is asked for. What was measured is kept, so that what was broken off goes on where it
/// was; a few rounds of everything come before many of anything, so that there is a page to read whenever it ends.
/// </summary>
public sealed class MeasureTests
{
    static readonly Fault[] OfTheUsers = [Fault.ServiceKilled, Fault.ServiceHung, Fault.NodeKilled, Fault.DcKilled, Fault.CableCut];
    static readonly Fault[] OfPatience = [Fault.AllSwitchedOnAtOnce, Fault.TwoOfThreeLost, Fault.FencingBroken, Fault.FencingConfirmed];

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_fault_as_often_as_it_is_asked_for()
    {
        Assert.SkipWhen(Measurement.Rounds == 0, "Only dev/lab ha measure.");
        var few = Math.Min(3, Measurement.Rounds);
        await MeasureAsync("kedge", few, OfTheUsers);
        await MeasureAsync("paper", few, OfTheUsers);
        await MeasureAsync("modern", few, OfTheUsers);
        await MeasureAsync("kedge", few, OfPatience);
        foreach (var retry in new[] { true, false })
        {
            if (SafetyNotes.All.SelectMany(notes => notes.Notes).All(note => !note.StartsWith($"HAProxy's retry {(retry ? "on" : "off")}", StringComparison.Ordinal)))
                await DyingInTurn.RunAsync(retry, TimeSpan.FromMinutes(5), Cancel);
        }
        await MeasureAsync("kedge", Measurement.Rounds, [.. OfTheUsers, .. OfPatience]);
        if (SafetyNotes.All.All(notes => notes.Fault != "CPU starved"))
            await WaitingIsRight.StarvedAsync(TimeSpan.FromMinutes(10), Cancel);
        await MeasureAsync("modern", Measurement.Rounds, OfTheUsers);
        await MeasureAsync("paper", Measurement.Rounds, OfTheUsers);
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
