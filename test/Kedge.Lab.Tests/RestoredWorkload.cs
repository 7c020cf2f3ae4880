using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Kedge.OpenStack.Compute;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Tests;
using Kedge.Recovery.Tests.Fidelity;
using Kedge.Recovery.Workloads;

namespace Kedge.Lab.Tests;

/// <summary>What a failover made in B, held against what was captured in A: through the APIs, and through what the guests themselves say.</summary>
sealed class RestoredWorkload(ProtectedPoint workload, JsonNode result)
{
    readonly ImmutableDictionary<string, ServerId> servers = result["servers"]!.AsArray()
        .ToImmutableDictionary(server => (string)server!["name"]!, server => new ServerId((string)server!["target"]!));

    public async Task CheckAsync()
    {
        await using var b = TwoClouds.Connect("B");
        await using var admin = TwoClouds.Connect("B-admin");
        await CheckFieldsAsync(new Site("dc2", b, admin));
        await CheckNothingExtraAsync(b);
        await CheckGuestsAsync(b);
    }

    async Task CheckFieldsAsync(Site site)
    {
        var selection = new WorkloadSelection.ByServers([.. servers.Values.Select(id => new SourceId(id.Value))]);
        var asWorkload = new Workload { Name = workload.Name, From = "dc2", To = "dc1", Selection = selection };
        var restored = await new BlueprintCapture(TimeProvider.System).CaptureAsync(asWorkload, site, null, CancellationToken.None);

        var differences = BlueprintComparison.Compare(MappedBlueprint.Of(workload.Blueprint, workload.Mapping), restored.Blueprint);

        Assert.Empty(differences);
        DemandComparedFields();
    }

    /// <summary>
    /// What docs/fidelity.md says was compared in the lab is what this workload has a value for: the comparison of a field that is empty on
    /// both sides shows nothing.
    /// </summary>
    void DemandComparedFields()
    {
        var compared = FidelityContract.Captured
            .Where(field => !BlueprintComparison.NotRestored.ContainsKey(field.Key) && field.Resource != "image" && field.Field != "id")
            .Where(field => FidelityContract.ValuesOf(field, workload.Blueprint).Any(value => value is not (false or 0 or "")))
            .Select(field => field.Key)
            .Order(StringComparer.Ordinal);
        Golden.Demand(
            "../Kedge.Recovery.Tests/Fidelity/compared-in-lab.txt",
            $"# Keys of fields that dev/lab test compares between the two real clouds, one a line, as in docs/fidelity.md.\n{string.Join('\n', compared)}\n");
    }

    async Task CheckNothingExtraAsync(OpenStack.Cloud b)
    {
        var captured = workload.Blueprint;
        var expected = new ProjectContents(
            captured.Servers.Length,
            captured.Volumes.Length,
            captured.Networks.Count(network => !network.IsMapped),
            captured.Subnets.Count(subnet => captured.Networks.Any(network => network.Id == subnet.Network && !network.IsMapped)),
            captured.Routers.Length,
            captured.Ports.Length,
            captured.SecurityGroups.Count(group => !group.IsDefault),
            captured.FloatingIps.Length,
            captured.ServerGroups.Length,
            captured.Keypairs.Select(keypair => keypair.Name).Distinct().Count());

        Assert.Equal(expected, await ProjectContents.CountAsync(b));
    }

    async Task CheckGuestsAsync(OpenStack.Cloud b)
    {
        foreach (var server in workload.Blueprint.Servers)
        {
            foreach (var port in server.Ports.Select(attached => workload.Blueprint.Ports.Single(each => each.Id == attached.Port)))
                await GuestConsole.WaitForTextAsync(b, servers[server.Name], port.MacAddress);
        }
        await GuestConsole.WaitForTextAsync(b, servers["app"], "USERDATA # user-data of app");

        var atMount = await GuestConsole.CountAtMountAsync(b, servers["db"], "vdb");
        TwoClouds.Log($"db's counter: {workload.Counter.Before} before the point was begun, {atMount} in it, {workload.Counter.After} when it was done");
        Assert.InRange(atMount, workload.Counter.Before, workload.Counter.After);
        await GuestConsole.WaitForCountAsync(b, servers["db"], atMount + 3);
    }
}
