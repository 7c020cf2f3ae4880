using System.Collections.Immutable;
using Kedge.Availability.Description;
using Kedge.Availability.Pacemaker;
using Kedge.Plans;

namespace Kedge.Availability.Changes;

/// <summary>Looks whether every resource of ours runs where it should, and no removed one anywhere.</summary>
public sealed record VerifyServices(ImmutableArray<ExpectedResource> Resources, ImmutableArray<string> Gone) : ChangeStep
{
    public override string Title => "Look whether everything runs where it should";

    public override async Task<StepOutcome> RunAsync(ChangeGround ground, StepRun run, CancellationToken cancel)
    {
        var status = await ground.Cluster.ReadStatusAsync(cancel);
        var wrong = Resources.SelectMany(resource => resource.WrongIn(status)).Concat(StillThere(status)).ToArray();
        if (wrong.Length == 0)
            return new StepOutcome.Done($"{Resources.Length} resources run where they should");
        var failures = status.Failures.Where(failure => Resources.Any(resource => failure.Operation.StartsWith(resource.Id, StringComparison.Ordinal)))
            .Select(failure => $"{failure.Operation} on {failure.Node}: {failure.Answer} {failure.Reason}".Trim());
        return new StepOutcome.Stop(
            string.Join("; ", wrong.Concat(failures).Take(10)),
            "Mend the cause, then 'crm_resource --cleanup' and resume the run; or abandon it, and kedge ha undo it.");
    }

    IEnumerable<string> StillThere(ClusterStatus status) =>
        from id in Gone
        from instance in status.Resources
        where NameOf(instance.Id) == id && instance.Nodes.Count > 0
        select $"{id} is no longer configured, but runs on {string.Join(", ", instance.Nodes)}";

    /// <summary>Instances of a clone that cannot be told apart otherwise carry a number.</summary>
    internal static string NameOf(string instance) => instance.Split(':')[0];
}

/// <summary>A resource that is to run.</summary>
/// <param name="Nodes">Controllers where it may.</param>
public sealed record ExpectedResource(string Id, Runs Runs, ImmutableArray<string> Nodes)
{
    internal IEnumerable<string> WrongIn(ClusterStatus status)
    {
        var able = status.Nodes.Where(node => node.State is "online" && Nodes.Contains(node.Name)).Select(node => node.Name).ToArray();
        var running = status.Resources.Where(instance => VerifyServices.NameOf(instance.Id) == Id && instance is { Failed: false, Role: not "Stopped" }).ToArray();
        var on = running.SelectMany(instance => instance.Nodes).Distinct().ToArray();
        if (on.Length == 0)
            yield return able.Length == 0 ? $"{Id} runs nowhere: none of {string.Join(", ", Nodes)} is online" : $"{Id} runs nowhere";
        else if (Runs is Runs.Once && on.Length > 1)
            yield return $"{Id} runs on {string.Join(" and ", on)} at once";
        else if (Runs is not Runs.Once && able.Except(on).ToArray() is { Length: > 0 } missing)
            yield return $"{Id} does not run on {string.Join(", ", missing)}";
        if (Runs is Runs.Promoted && on.Length > 0 && !running.Any(instance => instance.Role is "Promoted" or "Master"))
            yield return $"{Id} has no promoted instance";
        if (on.Except(Nodes).ToArray() is { Length: > 0 } astray)
            yield return $"{Id} runs on {string.Join(", ", astray)}, where it should not";
    }
}
