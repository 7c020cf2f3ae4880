using System.Text;
using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Protection;
using Kedge.Sandbox;

namespace Kedge.Simulation.Tests;

/// <summary>What people do: protect the shop now and then, change its data, lose its site, fail over, resume what has stopped.</summary>
sealed class Operator(World world, Verdict verdict)
{
    static readonly TimeSpan Patience = TimeSpan.FromHours(12);

    SiteMapping mapping = null!;

    public async Task PrepareAsync()
    {
        var life = world.Lives[0];
        await world.WithFilesAsync(() => PointRepository.CreateAsync(world.Repository, world.Clock, CancellationToken.None));
        var captured = await new BlueprintCapture(world.Clock).CaptureAsync(world.Workload, life.Sites["A"], null, CancellationToken.None);
        mapping = await MappingProposal.ProposeAsync(captured.Blueprint, life.Sites["A"], life.Sites["B"], null, CancellationToken.None);
    }

    /// <returns>The failover's run.</returns>
    public async Task<RunId> LiveThroughAsync()
    {
        for (var protections = 1 + world.Weather.Next(3); protections > 0; protections--)
        {
            WriteData(protections);
            var run = await BeginAsync(ProtectPlanAsync, ProtectRunbook.ExclusiveKey(world.Workload));
            await EndAsync(run);
            await verdict.LookAtPointsAsync();
        }
        WriteData(0);
        var last = world.Weather.Next(2) == 0 ? await BeginAsync(ProtectPlanAsync, ProtectRunbook.ExclusiveKey(world.Workload)) : (RunId?)null;
        await Task.Delay(world.Weather.Between(1, 120), world.Clock);
        world.History.Say("A", "is lost");
        await world.A.KillAsync();
        verdict.DemandNoCopyYet();

        var failover = await BeginAsync(FailoverPlanAsync, FailoverRunbook.ExclusiveKey(world.Workload));
        await Task.Delay(world.Weather.Between(30, 1200), world.Clock);
        world.Weather.IsCalm = true;
        world.History.Say("op", "the weather is calm");
        foreach (var life in world.Lives)
            (life.IsDiskFull, life.Clock.Ahead) = (false, TimeSpan.Zero);
        await EndAsync(failover);
        if (last is { } unfinished)
            await AbandonAsync(unfinished);
        return failover;
    }

    void WriteData(int version)
    {
        foreach (var volume in world.Shop.VolumeIds)
            world.A.World.WriteVolumeBytes(volume, 4096L * (version + 1), Encoding.UTF8.GetBytes($"version {version} of {volume}"));
        verdict.Remember();
    }

    /// <summary>Tries until it is begun, wherever a mediator answers.</summary>
    async Task<RunId> BeginAsync(Func<Life, Task<Plan>> prepare, string key)
    {
        for (var run = world.NewRun(); ;)
        {
            if (world.AnyLife() is { } life)
            {
                try
                {
                    var plan = await prepare(life);
                    await new SharedJournal(world, life).BeginAsync(run, plan, key, life.Owner, CancellationToken.None);
                    return run;
                }
                catch (Exception e) when (e is OpenStackException or CaptureException or ProtectionException or PowerLostException or JournalException or OperationCanceledException)
                {
                    world.History.Say("op", $"could not begin {world.NameOf(run)}: {e.GetType().Name}");
                    if (await world.Disk.FindAsync(run, CancellationToken.None) is not null)
                        return run;
                }
            }
            await Task.Delay(TimeSpan.FromSeconds(20), world.Clock);
        }
    }

    async Task<Plan> ProtectPlanAsync(Life life)
    {
        var captured = await new BlueprintCapture(world.Clock).CaptureAsync(world.Workload, life.Sites["A"], null, life.End);
        return await world.WithFilesAsync(async () =>
        {
            var repository = await PointRepository.OpenAsync(world.Repository, world.Clock, CancellationToken.None);
            return await ProtectRunbook.PrepareAsync(world.Workload, captured.Blueprint, captured.StartedAt, life.Sites["A"], life.Sites["B"], repository, life.End);
        });
    }

    Task<Plan> FailoverPlanAsync(Life life) => world.WithFilesAsync(async () =>
    {
        var repository = await PointRepository.OpenAsync(world.Repository, world.Clock, CancellationToken.None);
        var point = await repository.FindNewestUsableAsync(world.Workload.Name, life.End) ?? throw new Violation("Protected more than once, and there is no usable point.");
        return FailoverRunbook.Write(world.Workload, point, await repository.GetBlueprintAsync(point.Blueprint, life.End), mapping, new FailoverRequest("lost", "op"));
    });

    /// <summary>Waits for the end; resumes what has stopped, as a person would who mended the cause.</summary>
    async Task EndAsync(RunId run)
    {
        for (var since = world.Clock.GetUtcNow(); world.Clock.GetUtcNow() - since < Patience; await Task.Delay(TimeSpan.FromSeconds(30), world.Clock))
        {
            var summary = await world.Disk.FindAsync(run, CancellationToken.None);
            if (summary is { IsEnded: true })
                return;
            if (summary is { Phase: RunPhase.Stopped } && world.Resumed.Add(run))
            {
                world.Weather.Counted("stopped and resumed");
                if (world.Weather.Counts["stopped and resumed"] > 200)
                    throw new Violation($"{world.NameOf(run)} stops again and again: {(await world.Disk.GetStateAsync(run, CancellationToken.None)).Reason}");
            }
        }
        throw new Violation($"{world.NameOf(run)} did not end within {Patience}: {(await world.Disk.GetStateAsync(run, CancellationToken.None)).Phase}");
    }

    async Task AbandonAsync(RunId run)
    {
        while (await world.Disk.FindAsync(run, CancellationToken.None) is { IsEnded: false })
        {
            if (world.AnyLife() is { } life)
            {
                try
                {
                    await new MediatorLoop(world, life).Executor().AbandonAsync(run, "op", "its site is lost", CancellationToken.None);
                }
                catch (Exception e) when (e is PowerLostException or JournalException or SupersededException or RunEndedException)
                {
                    world.History.Say("op", $"could not abandon {world.NameOf(run)}: {e.GetType().Name}");
                }
            }
            await Task.Delay(TimeSpan.FromSeconds(5), world.Clock);
        }
    }
}

/// <summary>What must never be was.</summary>
sealed class Violation(string what) : Exception(what);
