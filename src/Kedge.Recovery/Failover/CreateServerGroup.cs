using Kedge.OpenStack;
using Kedge.OpenStack.Compute;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A server group has neither metadata, tags, description nor a call that changes it: the mark stands at the end of its name, for good.
/// Captured names lose it again (<see cref="Mark.Without"/>), so that a failback does not add a second one.
/// </summary>
public sealed record CreateServerGroup(string Site, ServerGroupBlueprint Group) : RecoveryStep
{
    /// <summary>Nova allows 255; the mark takes 52.</summary>
    const int LongestName = 200;

    public override string Title => $"Create server group {Group.Name} ({Group.Policy})";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Compute(Site)];

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var nova = sites[Site].Tenant.Compute;
        var mark = Mark.Of(run);
        string? oldest = null;
        await foreach (var group in nova.ListServerGroupsAsync(ProjectScope.Own, cancel))
        {
            // Groups have no age; any order does, if it is always the same.
            if (group.Name.EndsWith(mark.Tag, StringComparison.Ordinal) && (oldest is null || string.CompareOrdinal(group.Id.Value, oldest) < 0))
                oldest = group.Id.Value;
        }
        oldest ??= (await nova.CreateServerGroupAsync(Described(mark), cancel)).Id.Value;
        return new Made(oldest) { NotAsCaptured = [$"Server group {Group.Name} has the mark of this run in its name: Nova has no other place for it."] }
            .Done($"server group {Group.Name} is {oldest}");
    }

    NewServerGroup Described(Mark mark) => new(
        $"{(Group.Name.Length > LongestName ? Group.Name[..LongestName] : Group.Name)} {mark.Tag}",
        Group.Policy,
        Group.MaxServerPerHost is { } most ? new ServerGroupRules { MaxServerPerHost = most } : null);
}
