using System.Text;
using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.Plans;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Protection;
using Kedge.Recovery.SiteLoss;
using Kedge.Recovery.Status;
using Kedge.Sandbox;

namespace Kedge.Simulation.Tests;

/// <summary>What people do: protect the shop now and then, change its data, lose its site, fail over, resume what has stopped.</summary>
sealed class Operator(World world, Verdict verdict)
{
    static readonly TimeSpan Patience = TimeSpan.FromHours(12);

    public async Task PrepareAsync()
    {
        var life = world.Lives[0];
        var captured = await new BlueprintCapture(world.Clock).CaptureAsync(world.Workload, life.Sites["A"], null, CancellationToken.None);
        world.Mapping = await MappingProposal.ProposeAsync(captured.Blueprint, life.Sites["A"], life.Sites["B"], null, CancellationToken.None);
    }

    /// <returns>The failover's run.</returns>
    public async Task<RunId> LiveThroughAsync()
    {
        for (var protections = 1 + world.Weather.Next(3); protections > 0; protections--)
        {
            WriteData(protections);
            if (world.Weather.Next(3) == 0)
                await GiveUpAsync();
            var run = await BeginAsync(ProtectPlanAsync, ProtectRunbook.ExclusiveKey(world.Workload));
            await EndAsync(run);
            await verdict.LookAtPointsAsync();
        }
        WriteData(0);
        var last = world.Weather.Next(2) == 0 ? await BeginAsync(ProtectPlanAsync, ProtectRunbook.ExclusiveKey(world.Workload)) : (RunId?)null;
        await Task.Delay(world.Weather.Between(1, 120), world.Clock);
        verdict.DemandNoCopyYet();
        if (!world.Sabotage.IsPromotedBeforeFenced)
            await LoseAsync();
        var recovering = world.Weather.Next(2) == 0 ? FailOverAsync() : DeclareLostAsync();
        await Task.Delay(world.Weather.Between(30, 1200), world.Clock);
        if (world.Sabotage.IsPromotedBeforeFenced)
            await LoseAsync();
        world.Weather.IsCalm = true;
        world.History.Say("op", "the weather is calm");
        foreach (var life in world.Lives)
            (life.IsDiskFull, life.Clock.Ahead) = (false, TimeSpan.Zero);
        var failover = await recovering;
        if (world.Weather.Next(2) == 0)
            await FailOverAgainAsync();
        if (last is { } unfinished)
            await AbandonAsync(unfinished);
        return failover;
    }

    async Task LoseAsync()
    {
        world.History.Say("A", "is lost");
        await world.A.KillAsync();
        world.IsFenced = true;
    }

    async Task<RunId> FailOverAsync()
    {
        var failover = await BeginAsync(FailoverPlanAsync, FailoverRunbook.ExclusiveKey(world.Workload));
        await EndAsync(failover);
        return failover;
    }

    /// <summary>Declares the site lost until the workload is up: not ready is what a target is that does not answer just then.</summary>
    async Task<RunId> DeclareLostAsync()
    {
        for (var tries = 0; tries < 200; tries++)
        {
            var run = await BeginAsync(life => Task.FromResult(SiteLossRunbook.Write(Preview(life), new SiteLossRequest("lost", "op"))), SiteLossRunbook.ExclusiveKey("A"));
            await EndAsync(run);
            var end = SiteLossResult.Of(await world.Disk.GetStateAsync(run, CancellationToken.None)).Workloads.Single().End;
            world.History.Say("op", $"{world.NameOf(run)}: {end?.End} {end?.What}");
            if (end?.Run is not { } failover)
                continue;
            await EndAsync(RunId.Parse(failover));
            return RunId.Parse(failover);
        }
        throw new Violation("The site was declared lost two hundred times, and nothing was begun.");
    }

    SiteLossPreview Preview(Life life) => new()
    {
        Site = "A",
        At = life.Clock.GetUtcNow(),
        Losses =
        [
            new WorkloadLoss
            {
                Workload = world.Workload.Name, To = "B", Priority = 0, Rto = null, Servers = world.Shop.ServerIds.Count, Point = null, DataAt = null, Lost = null,
                Recovery = RecoveryPrediction.None, NotReady = [], Remarks = [],
            },
        ],
        LeftOut = [],
        Remarks = [],
    };

    /// <summary>Somebody who has not heard of it wants the same once more.</summary>
    async Task FailOverAgainAsync()
    {
        if (!world.Sabotage.LiveCopiesAreNotAskedFor && await LiveCopy.FindAsync(world.Disk, world.Workload, CancellationToken.None) is { } copy)
        {
            world.Weather.Counted("second failover refused");
            world.History.Say("op", $"a second failover is refused beside {world.NameOf(copy.Run)}");
            return;
        }
        await FailOverAsync();
    }

    /// <summary>A protection takes too long for somebody: it is given up, and cleaned up after. What was offered meanwhile is still whole.</summary>
    async Task GiveUpAsync()
    {
        var run = await BeginAsync(ProtectPlanAsync, ProtectRunbook.ExclusiveKey(world.Workload));
        if (world.Weather.Next(2) == 0)
            await Task.Delay(world.Weather.Between(1, 240), world.Clock);
        else
            await UntilPutAsync(run);
        await AbandonAsync(run);
        var state = await world.Disk.GetStateAsync(run, CancellationToken.None);
        if (state.Phase is not RunPhase.Abandoned)
            return;
        world.Weather.Counted("given up and cleaned up after");
        await EndAsync(await BeginAsync(_ => Task.FromResult(CleanupRunbook.Write(state)), state.ExclusiveKey));
        await verdict.LookAtOfferedAsync();
    }

    /// <summary>The worst moment to give up: the point is there, and the run is not at its end yet.</summary>
    async Task UntilPutAsync(RunId run)
    {
        var points = Path.Combine(world.Repository, "workloads", world.Workload.Name, "points");
        while (await world.Disk.FindAsync(run, CancellationToken.None) is { IsEnded: false, Phase: not RunPhase.Stopped }
            && !(Directory.Exists(points) && Directory.EnumerateFiles(points, $"*-{run.Value[^8..]}.json").Any()))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), world.Clock);
        }
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
        return FailoverRunbook.Write(world.Workload, point, await repository.GetBlueprintAsync(point.Blueprint, life.End), world.Mapping!, new FailoverRequest("lost", "op"));
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
                await MendAsync();
                if (world.Weather.Counts["stopped and resumed"] > 200)
                    throw new Violation($"{world.NameOf(run)} stops again and again: {(await world.Disk.GetStateAsync(run, CancellationToken.None)).Reason}");
            }
        }
        throw new Violation($"{world.NameOf(run)} did not end within {Patience}: {(await world.Disk.GetStateAsync(run, CancellationToken.None)).Phase}");
    }

    /// <summary>What a step asks for that has stopped: what ended in an error at the target is deleted. What does not answer is tried at the next stop.</summary>
    async Task MendAsync()
    {
        if (world.AnyLife() is not { } life)
            return;
        var (nova, cinder) = (life.Sites["B"].Tenant.Compute, life.Sites["B"].Tenant.BlockStorage);
        try
        {
            foreach (var id in InError(ResourceKind.Server))
                await nova.DeleteServerAsync(new ServerId(id), life.End);
            foreach (var id in InError(ResourceKind.Volume))
                await cinder.DeleteVolumeAsync(new VolumeId(id), life.End);
        }
        catch (Exception e) when (e is OpenStackException or PowerLostException or OperationCanceledException)
        {
            world.History.Say("op", $"could not mend: {e.GetType().Name}");
        }
    }

    List<string> InError(ResourceKind kind) =>
        [.. world.B.World.List(kind).Where(thing => thing["status"]!.GetValue<string>().StartsWith("error", StringComparison.OrdinalIgnoreCase)).Select(thing => thing["id"]!.GetValue<string>())];

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
