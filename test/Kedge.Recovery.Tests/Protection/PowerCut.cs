using System.Collections.Immutable;
using Kedge.Plans;
using Kedge.Sandbox;
using Kedge.Sandbox.Faults;

namespace Kedge.Recovery.Tests.Protection;

/// <summary>The power supply of the process: at the first moment that a test names it goes, with both clouds and the journal out of reach.</summary>
sealed class PowerCut
{
    readonly House house;
    bool isOff;

    public PowerCut(House house)
    {
        this.house = house;
        house.A.Faults.OnCall = OnCall;
        house.B.Faults.OnCall = OnCall;
        house.Journal.OnWrite = OnWrite;
    }

    public Func<SandboxCall, bool> CutBefore { get; set; } = _ => false;

    public Func<SandboxCall, bool> CutDuring { get; set; } = _ => false;

    public Func<SandboxCall, bool> CutAfter { get; set; } = _ => false;

    public Func<bool> CutAtWrite { get; set; } = () => false;

    /// <summary>Steps of this kind look for another mark at each attempt, and so never find what they made before.</summary>
    public string? BlindKind { get; init; }

    public bool WasCut { get; private set; }

    public Task RunAsync(ProtectHouse protect, TimeSpan betweenProcesses) => RunAsync(protect.PlanAsync, betweenProcesses);

    /// <summary>Preparing is not part of the run: it is tried again by whoever asked for it.</summary>
    public Task<RunState> RunAsync(Func<Task<Plan>> prepare, TimeSpan betweenProcesses) => house.LiveAsync(async () =>
    {
        isOff = false;
        var plan = await WithoutCuts(prepare);
        var run = RunId.Create(house.Clock);
        await WithoutCuts(() => house.Journal.BeginAsync(run, plan, "workload/shop", "host/1", CancellationToken.None));
        for (var process = 1; ; process++)
        {
            Assert.True(process <= 3, "One outage is mended by one new process.");
            try
            {
                var state = await house.NewProcess(change: (planned, step) => planned.Kind == BlindKind ? new Blind(step) : step).ExecuteAsync(run, null, CancellationToken.None);
                Assert.True(state.Phase is RunPhase.Finished, state.Reason);
                return state;
            }
            catch (Exception e) when (e is PowerLost or PowerLostException)
            {
                await Task.Delay(betweenProcesses, house.Clock);
                isOff = false;
                house.A.Faults.PowerBack();
                house.B.Faults.PowerBack();
            }
        }
    });

    bool isPreparing;

    async Task<T> WithoutCuts<T>(Func<Task<T>> work)
    {
        isPreparing = true;
        try
        {
            return await work();
        }
        finally
        {
            isPreparing = false;
        }
    }

    FaultAction OnCall(SandboxCall call)
    {
        if (isPreparing)
            return FaultAction.None;
        if (isOff)
            return new FaultAction.LosePowerBefore();
        if (WasCut)
        {
            _ = CutAfter(call);
            return FaultAction.None;
        }
        if (CutBefore(call))
        {
            isOff = WasCut = true;
            return new FaultAction.LosePowerBefore();
        }
        if (CutDuring(call))
        {
            isOff = WasCut = true;
            return new FaultAction.LosePowerUnderway();
        }
        if (!CutAfter(call))
            return FaultAction.None;
        isOff = WasCut = true;
        return new FaultAction.LosePowerAfter();
    }

    void OnWrite(WriteMoment when, ImmutableArray<RunEvent> events)
    {
        if (isPreparing)
            return;
        if (!isOff && !WasCut && CutAtWrite())
            isOff = WasCut = true;
        if (isOff)
            throw new PowerLostException($"{when} {events.Length} events");
    }
}
