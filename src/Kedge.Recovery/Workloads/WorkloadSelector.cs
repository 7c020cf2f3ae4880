using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.OpenStack.Compute;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Workloads;

/// <summary>Finds the servers that a selection means, in the cloud that runs them.</summary>
public static class WorkloadSelector
{
    /// <summary>So many servers are asked for one by one; more are cheaper to pick out of the project's list.</summary>
    const int AskedOneByOne = 20;

    /// <summary>Heat's own limit (max_nested_stack_depth) is 5 unless an operator raised it.</summary>
    const int DeepestNesting = 20;

    /// <summary>The ids of the workload's servers, in their order; the rules of its servers are checked on the way.</summary>
    /// <exception cref="CaptureException">Nothing found, an unknown id, a rule for a server that is not there or not unique.</exception>
    /// <exception cref="OpenStackException">The cloud did not answer.</exception>
    public static async Task<ImmutableArray<SourceId>> ResolveAsync(Workload workload, Site source, CancellationToken cancel)
    {
        var servers = await ReadAsync(workload, source.Tenant, cancel);
        WorkloadRules.Resolve(workload, servers.Select(server => (new SourceId(server.Id.Value), server.Name)));
        return [.. servers.Select(server => new SourceId(server.Id.Value))];
    }

    /// <summary>The servers themselves, ordered by id.</summary>
    internal static async Task<IReadOnlyList<Server>> ReadAsync(Workload workload, Cloud cloud, CancellationToken cancel)
    {
        var servers = workload.Selection switch
        {
            WorkloadSelection.ByServers chosen => await ByIdsAsync(chosen.Servers, $"workload {workload.Name}", cloud, cancel),
            WorkloadSelection.ByStack stack => await ByStackAsync(stack.Stack, cloud, cancel),
            WorkloadSelection.ByTag tag => await PickAsync(cloud, server => server.Tags.Contains(tag.Tag), cancel),
            WorkloadSelection.ByMetadata metadata => await PickAsync(
                cloud, server => server.Metadata.TryGetValue(metadata.Key, out var value) && value == metadata.Value, cancel),
            _ => await PickAsync(cloud, _ => true, cancel),
        };
        return servers.Count > 0
            ? [.. servers.OrderBy(server => server.Id.Value, StringComparer.Ordinal)]
            : throw new CaptureException(
                $"Workload {workload.Name} has no servers: {Described(workload.Selection)} in cloud {cloud.Name}. Change the selection, or check the project of that cloud's entry in clouds.yaml.");
    }

    static async Task<List<Server>> PickAsync(Cloud cloud, Func<Server, bool> belongs, CancellationToken cancel)
    {
        var picked = new List<Server>();
        await foreach (var server in cloud.Compute.ListServersAsync(ServerFilter.None, cancel))
        {
            // A server of a cell that is down shows neither tags nor metadata: whether it belongs cannot be told, so it is taken, and refused.
            if (server.IsPartial || belongs(server))
                picked.Add(server);
        }
        return picked;
    }

    static async Task<List<Server>> ByIdsAsync(IReadOnlyCollection<SourceId> ids, string whose, Cloud cloud, CancellationToken cancel)
    {
        var wanted = ids.Select(id => id.Value).ToHashSet(StringComparer.Ordinal);
        var found = wanted.Count > AskedOneByOne
            ? await PickAsync(cloud, server => wanted.Contains(server.Id.Value), cancel)
            : await OneByOneAsync(wanted, cloud, cancel);
        found.RemoveAll(server => !wanted.Contains(server.Id.Value));
        wanted.ExceptWith(found.Select(server => server.Id.Value));
        return wanted.Count == 0
            ? found
            : throw new CaptureException(
                $"Of {whose}, {Listed(wanted)} cannot be found in cloud {cloud.Name}: deleted, or of another project. Take them out of the selection, or check the project.");
    }

    static async Task<List<Server>> OneByOneAsync(HashSet<string> ids, Cloud cloud, CancellationToken cancel)
    {
        var found = new List<Server>();
        foreach (var id in ids)
        {
            if (await cloud.Compute.FindServerAsync(new ServerId(id), cancel) is { } server)
                found.Add(server);
        }
        return found;
    }

    static async Task<List<Server>> ByStackAsync(SourceId id, Cloud cloud, CancellationToken cancel)
    {
        var stack = await cloud.Orchestration.FindStackAsync(id.Value, cancel)
            ?? throw new CaptureException($"There is no stack {id} in cloud {cloud.Name}. Stacks are named by their id here: openstack stack list.");
        if (!stack.IsComplete)
        {
            throw new CaptureException(
                $"Stack {stack.Name} ({id}) is {stack.Status}: which servers it has is not settled. Capture again when it is complete.", mayPass: true);
        }
        var servers = new List<SourceId>();
        await foreach (var resource in cloud.Orchestration.ListResourcesAsync(stack, DeepestNesting, cancel))
        {
            if (resource is { Type: "OS::Nova::Server", PhysicalId.Length: > 0 })
                servers.Add(new SourceId(resource.PhysicalId));
        }
        return await ByIdsAsync(servers, $"stack {stack.Name} ({id})", cloud, cancel);
    }

    static string Described(WorkloadSelection selection) => selection switch
    {
        WorkloadSelection.ByServers => "no server id is given",
        WorkloadSelection.ByTag tag => $"no server has the tag '{tag.Tag}'",
        WorkloadSelection.ByMetadata metadata => $"no server has the metadata {metadata.Key}={metadata.Value}",
        WorkloadSelection.ByStack stack => $"stack {stack.Stack} has no servers, nor have those nested in it",
        _ => "there is no server in the project",
    };

    static string Listed(IEnumerable<string> ids) => string.Join(", ", ids.Order(StringComparer.Ordinal).Select(id => $"server {id}"));
}
