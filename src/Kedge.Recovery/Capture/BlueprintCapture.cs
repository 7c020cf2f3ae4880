using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.OpenStack.Compute;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Capture;

/// <summary>
/// Reads the whole graph of a workload from the cloud that runs it. Either all of it comes, as of one state of its servers, or a
/// <see cref="CaptureException"/> says what is missing: a part would one day overwrite a good point.
/// <para>The story:</para>
/// <para>1. The selection is resolved and its servers are read, twice each as Nova demands, by the tenant and, where there is one, an admin.</para>
/// <para>2. Each server's disks and NICs are read one by one, because no list shows their tags.</para>
/// <para>3. Neutron's and Cinder's lists of the project are read once and held against what Nova said.</para>
/// <para>4. Flavors, images, keypairs and server groups that servers refer to are read, each once.</para>
/// <para>5. The servers are listed again: what changed meanwhile fails the capture.</para>
/// </summary>
public sealed class BlueprintCapture(TimeProvider time)
{
    /// <summary>Reads a workload.</summary>
    /// <param name="workload">Which.</param>
    /// <param name="source">The cloud that runs it.</param>
    /// <param name="progress">Told how far it is; may be null.</param>
    /// <param name="cancel">Gives up; nothing was changed anywhere.</param>
    /// <exception cref="CaptureException">Something is missing, foreign, or in a state in which it cannot be captured.</exception>
    /// <exception cref="OpenStackException">A service did not answer, or refused.</exception>
    public async Task<CapturedBlueprint> CaptureAsync(Workload workload, Site source, IProgress<CaptureProgress>? progress, CancellationToken cancel)
    {
        var calls = 0;
        void Count(CallRecord call) => Interlocked.Increment(ref calls);

        var started = time.GetUtcNow();
        source.Tenant.Called += Count;
        if (source.Admin is not null)
            source.Admin.Called += Count;
        try
        {
            var blueprint = await ReadAsync(workload, source, progress, cancel);
            return new CapturedBlueprint(blueprint, started, time.GetUtcNow(), blueprint.Servers.Length, calls);
        }
        finally
        {
            source.Tenant.Called -= Count;
            if (source.Admin is not null)
                source.Admin.Called -= Count;
        }
    }

    static async Task<Blueprint> ReadAsync(Workload workload, Site source, IProgress<CaptureProgress>? progress, CancellationToken cancel)
    {
        var token = await source.Tenant.AuthenticateAsync(cancel);
        var project = token.Project
            ?? throw new CaptureException($"The credential of cloud {source.Tenant.Name} is for no project: name one in its entry of clouds.yaml.");
        var isWholeProject = workload.Selection is WorkloadSelection.WholeProject;
        var unreadable = new Unreadables();

        var servers = await ServerReading.ReadAsync(workload, source, unreadable, progress, cancel);
        WorkloadRules.Resolve(workload, servers.Select(server => (new SourceId(server.Server.Id.Value), server.Server.Name)));

        progress?.Report(new CaptureProgress("networks and volumes", 0, 0));
        var network = await NetworkReading.ReadAsync(servers, isWholeProject, source, unreadable, cancel);
        var volumes = await StorageReading.ReadAsync(servers, isWholeProject, source.Tenant, unreadable, cancel);

        progress?.Report(new CaptureProgress("flavors, images, keys and groups", 0, 0));
        var compute = new ComputeReading(source, unreadable);
        var flavors = await compute.FlavorsAsync(servers, cancel);
        var images = await compute.ImagesAsync(servers, cancel);
        var keypairs = await compute.KeypairsAsync(servers, cancel);
        var groups = await compute.ServerGroupsAsync(servers, cancel);

        progress?.Report(new CaptureProgress("servers once more", 0, 0));
        await ServerReading.DemandUnchangedAsync(servers, workload, source.Tenant, cancel);

        var neutron = new NetworkGraph(project.Id, unreadable);
        return new Blueprint
        {
            Schema = Blueprint.CurrentSchema,
            Workload = workload.Name,
            Origin = new BlueprintOrigin
            {
                Site = source.Name,
                Region = source.Tenant.RegionName ?? "",
                Project = new SourceId(project.Id.Value),
                ProjectName = project.Name,
                Microversions = MicroversionsOf(servers, volumes),
            },
            Servers = new ServerGraph(new ServerNeighbours(volumes, network.Ports, groups, flavors), unreadable).Servers(servers),
            ServerGroups = groups,
            Flavors = flavors,
            Keypairs = keypairs,
            Images = images,
            Volumes = StorageReading.BlueprintsOf(volumes),
            Networks = neutron.Networks(network.Networks),
            Subnets = neutron.Subnets(network.Subnets),
            Routers = neutron.Routers(network.Routers, network.RouterPorts),
            SecurityGroups = neutron.SecurityGroups(network.SecurityGroups),
            Ports = neutron.Ports(network.Ports),
            FloatingIps = neutron.FloatingIps(network.FloatingIps),
        } with { Unreadable = unreadable.InOrder() };
    }

    static ImmutableSortedDictionary<string, string> MicroversionsOf(IReadOnlyList<ReadServer> servers, IReadOnlyList<OpenStack.BlockStorage.Volume> volumes)
    {
        var used = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var compute = servers.SelectMany(server => server.Server.ReadWith).ToList();
        if (compute.Count > 0)
            used["compute"] = compute.Max().ToString();
        if (volumes.Count > 0)
            used["block-storage"] = volumes.Max(volume => volume.ReadWith).ToString();
        return used.ToImmutable();
    }
}
