using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Audit;

/// <summary>How soon a service's death is noticed, and what its failures lead to.</summary>
static class ResourceRules
{
    public static IEnumerable<Finding> Of(Cib cib, CibPrimitive primitive, TimeSpan promised)
    {
        var monitors = primitive.Operations.Where(op => op.Name == "monitor" && op.Interval > TimeSpan.Zero).ToArray();
        if (monitors.Length == 0)
        {
            yield return new("no-monitor", Weight.Danger, primitive.Id, "no recurring monitor",
                "Its death is never noticed.", "Add op monitor with an interval shorter than the promised recovery.");
        }
        else if (monitors.Min(op => op.Interval) is { } interval && interval > promised)
        {
            yield return new("monitor-too-slow", Weight.Warning, primitive.Id, $"its shortest monitor runs every {interval.TotalSeconds:0.#} s",
                $"A death is noticed after up to that time; {promised.TotalSeconds:0.#} s are promised until it answers again.",
                "Shorten the interval.");
        }
        if (primitive.Meta.GetValueOrDefault("is-managed") is "false")
        {
            yield return new("unmanaged", Weight.Warning, primitive.Id, "Pacemaker only watches it", "When it dies, it stays dead.", $"crm_resource --meta -r {primitive.Id} -p is-managed -v true");
        }
        foreach (var slow in monitors.Where(op => op.Timeout is { } timeout && timeout > Largest(promised, TimeSpan.FromSeconds(20))))
        {
            yield return new("monitor-timeout-too-long", Weight.Remark, primitive.Id, $"its monitor of every {slow.Interval!.Value.TotalSeconds:0.#} s may take {slow.Timeout!.Value.TotalSeconds:0.#} s",
                "A service that hangs is noticed only at the end of that time.", "Shorten the timeout to a few times what the monitor really takes.");
        }
        var forgets = Durations.Read(cib.Meta(primitive.Id, "failure-timeout"));
        if (cib.Meta(primitive.Id, "migration-threshold") is { } threshold && threshold is not ("0" or "INFINITY" or "1000000") && forgets is null or { Ticks: 0 })
        {
            yield return new("failures-never-forgotten", Weight.Remark, primitive.Id, $"a migration-threshold of {threshold} without a failure-timeout",
                "A node that reached the threshold is banned for it until a person cleans up; after some faults no node is left.",
                "Set failure-timeout, e.g. 10 min.");
        }
        if (forgets is { Ticks: > 0 } && monitors.Length > 0 && monitors.Max(op => op.Interval) > forgets)
        {
            yield return new("failures-forgotten-too-soon", Weight.Warning, primitive.Id, $"its failures are forgotten after {forgets.Value.TotalSeconds:0.#} s, sooner than its monitor runs",
                "The migration-threshold is never reached: a node that cannot run it tries for ever.", "Make failure-timeout several times the longest monitor interval.");
        }
        if (primitive.Operations.Any(op => op.Name == "stop" && op.Timeout is { } timeout && timeout < TimeSpan.FromSeconds(5)))
        {
            yield return new("stop-timeout-too-short", Weight.Warning, primitive.Id, "it must stop within less than 5 s",
                "A stop that does not end in time gets the whole node fenced.", "Give stop the time that a graceful end takes, 20 s or more.");
        }
    }

    static TimeSpan Largest(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
