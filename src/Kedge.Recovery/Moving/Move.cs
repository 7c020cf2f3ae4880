using System.Globalization;
using Kedge.Contracts.Moving;
using Kedge.Plans;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Moving;

/// <summary>One order of a step to the movers of a site: the same id and content each time the step looks, so that it is placed once.</summary>
static class Move
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Null: the site of this step has no movers any more, or this kedge has no board.</summary>
    public static StepOutcome.Stop? Without(SiteSet sites, string site) => sites.Movers is not null && sites[site].Movers is not null
        ? null
        : new StepOutcome.Stop($"Site {site} has no movers.", $"Give it some: kedge site set {site} --mover-host HOST, and start kedge mover there. Then resume the run.");

    /// <returns>What came of it, or what the step has to answer instead.</returns>
    public static (MoveResult? Result, StepOutcome? Instead) Order(SiteSet sites, StepRun run, string site, MoveDevice device, string repository, MoveWork work, string purpose)
    {
        var order = new MoveOrder(IdOf(run, purpose), site, device, repository, work);
        switch (sites.Movers!.Order(order))
        {
            case MoveStatus.Done done:
                return (done.Result, null);
            case MoveStatus.Running running:
                run.Progress(Text(running.Progress), running.Progress.TotalBytes > 0 ? Math.Clamp((double)running.Progress.DoneBytes / running.Progress.TotalBytes, 0, 1) : null);
                return (null, new StepOutcome.NotYet($"a mover of {site}", Look));
            case MoveStatus.Failed { Failure: var failure }:
                return (null, new StepOutcome.Stop(failure.Message, $"{failure.WhatToDo} Then resume the run: the transfer goes on where it was."));
            case MoveStatus.Waiting waiting:
                run.Progress(waiting.For);
                return (null, new StepOutcome.NotYet($"a mover of {site}", Look));
            case var unknown:
                throw new System.Diagnostics.UnreachableException($"{unknown} is no state of an order.");
        }
    }

    /// <summary>Lets go of what came of these orders: whoever orders the same again has it done again.</summary>
    public static void Drop(SiteSet sites, StepRun run, params ReadOnlySpan<string> purposes)
    {
        foreach (var purpose in purposes)
            sites.Movers!.CallOff(IdOf(run, purpose));
    }

    static string IdOf(StepRun run, string purpose) => $"{run.Run.Value}/{run.StepMark}/{purpose}";

    static string Text(MoveProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.Phase}: {progress.DoneBytes / 1048576.0:0} of {progress.TotalBytes / 1048576.0:0} MiB, {progress.BytesPerSecond / 1048576.0:0} MiB/s");
}
