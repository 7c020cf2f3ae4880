using System.Text.Json;
using Kedge.Plans;
using Kedge.Recovery.Protection;
using Kedge.Recovery.SiteLoss;
using Kedge.Recovery.Steps;

namespace Kedge.Mediator.Tests;

/// <summary>Plans and histories that a test writes into a journal by hand.</summary>
static class Written
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Of one step that stops whoever executes it: it begins other runs, and this plan says that it is none that may.</summary>
    public static Plan PlanThatStops(string kind = ProtectRunbook.Kind)
    {
        var step = new RecoverWorkload("shop", "B", null, "a test", "a test", false);
        return Plan.Create(kind, "A plan that stops", "shop", [Step("stops", RecoveryStepJson.KindOf(step), RecoveryStepJson.Write(step))]);
    }

    /// <summary>Of a step that is no step of recoveries.</summary>
    public static Plan PlanOfOthers() => Plan.Create(
        "ha-apply", "A change of a cluster", "cluster", [Step("push", "push-cib", JsonSerializer.SerializeToElement(new { kind = "push-cib" }))]);

    static PlannedStep Step(string id, string kind, JsonElement arguments) => new()
    {
        Id = id, Kind = kind, Title = id, Arguments = arguments, Expected = TimeSpan.FromSeconds(1), Deadline = TimeSpan.FromMinutes(1),
    };

    public static async Task<RunId> BeginAsync(MediatorHouse house, Plan plan, string owner, string key = "protect/shop")
    {
        var run = RunId.Create(TimeProvider.System);
        await house.Journal.BeginAsync(run, plan, key, owner, Cancel);
        return run;
    }

    /// <summary>So often somebody took it over and it stopped.</summary>
    public static async Task StopAsync(MediatorHouse house, RunId run, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var epoch = await house.Journal.TakeOverAsync(run, MediatorHouse.DeadOwner, Cancel);
            var attempt = (await house.Journal.GetStateAsync(run, Cancel)).Steps["stops"].Attempts + 1;
            await house.Journal.AppendAsync(run, epoch, [new StepStarted("stops", attempt), new StepStopped("stops", "It cannot.", "Mend it.", []), new RunStopped("It cannot.")], Cancel);
        }
    }
}
