using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Http;
using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Network;

namespace Kedge.OpenStack.Compute;

/// <summary>Nova. Every method throws <see cref="OpenStackException"/> when the call fails. <c>https://docs.openstack.org/api-ref/compute/</c></summary>
public sealed class ComputeClient
{
    readonly Endpoint nova;
    readonly ServerReader reader;

    internal ComputeClient(Endpoint nova)
    {
        this.nova = nova;
        reader = new(nova);
    }

    /// <summary>The microversions that this Nova speaks; null when it has none.</summary>
    /// <param name="cancel">Gives up.</param>
    public Task<SupportedVersions?> GetVersionsAsync(CancellationToken cancel) => nova.VersionsAsync(cancel);

    /// <summary>A server, read twice. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Server> GetServerAsync(ServerId id, CancellationToken cancel) => reader.GetAsync(id, cancel);

    /// <summary>A server, read twice; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Server?> FindServerAsync(ServerId id, CancellationToken cancel) => reader.FindAsync(id, cancel);

    /// <summary>Servers, each page read twice. Servers of cells that are down come as <see cref="Server.IsPartial"/>.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<Server> ListServersAsync(ServerFilter filter, CancellationToken cancel) => reader.ListAsync(filter, cancel);

    /// <summary>Asks for a server; it is built in the background. Needs what the fields that are set need.</summary>
    /// <param name="server">What to build.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Its id; its status begins with <see cref="ServerStatus.Build"/>.</returns>
    public async Task<ServerId> CreateServerAsync(NewServer server, CancellationToken cancel)
    {
        var request = Request.Post($"servers").At(NewServerBody.VersionsFor(server)).With(NewServerBody.Of(server));
        var answer = await nova.ReadJsonAsync(request, cancel);
        return new(nova.Text(answer, "server", "id"));
    }

    /// <summary>Asks for the deletion of a server; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteServerAsync(ServerId id, CancellationToken cancel) => nova.DeleteAsync(Request.Delete($"servers/{id}"), cancel);

    /// <summary>Starts a server that is off.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task StartServerAsync(ServerId id, CancellationToken cancel) => ActAsync(id, "os-start", null, null, cancel);

    /// <summary>Shuts a server down.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task StopServerAsync(ServerId id, CancellationToken cancel) => ActAsync(id, "os-stop", null, null, cancel);

    /// <summary>Locks a server against its owner's actions.</summary>
    /// <param name="id">Which.</param>
    /// <param name="reason">Why (2.73); null for none.</param>
    /// <param name="cancel">Gives up.</param>
    public Task LockServerAsync(ServerId id, string? reason, CancellationToken cancel) => reason is null
        ? ActAsync(id, "lock", null, null, cancel)
        : ActAsync(id, "lock", new JsonObject { ["locked_reason"] = reason }, Nova.LockReason, cancel);

    /// <summary>Unlocks a server.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task UnlockServerAsync(ServerId id, CancellationToken cancel) => ActAsync(id, "unlock", null, null, cancel);

    /// <summary>Pauses a server in memory.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task PauseServerAsync(ServerId id, CancellationToken cancel) => ActAsync(id, "pause", null, null, cancel);

    /// <summary>Lets a paused server go on.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task UnpauseServerAsync(ServerId id, CancellationToken cancel) => ActAsync(id, "unpause", null, null, cancel);

    /// <summary>Suspends a server to disk.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SuspendServerAsync(ServerId id, CancellationToken cancel) => ActAsync(id, "suspend", null, null, cancel);

    /// <summary>Resumes a suspended server.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task ResumeServerAsync(ServerId id, CancellationToken cancel) => ActAsync(id, "resume", null, null, cancel);

    /// <summary>Shelves a server: its disk goes to an image, unless it boots from a volume.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task ShelveServerAsync(ServerId id, CancellationToken cancel) => ActAsync(id, "shelve", null, null, cancel);

    /// <summary>Takes a shelved server off its host.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task ShelveOffloadServerAsync(ServerId id, CancellationToken cancel) => ActAsync(id, "shelveOffload", null, null, cancel);

    /// <summary>Brings a shelved server back.</summary>
    /// <param name="id">Which.</param>
    /// <param name="availabilityZone">Where (2.77, offloaded ones only); null lets the cloud choose.</param>
    /// <param name="cancel">Gives up.</param>
    public Task UnshelveServerAsync(ServerId id, string? availabilityZone, CancellationToken cancel) => availabilityZone is null
        ? ActAsync(id, "unshelve", null, null, cancel)
        : ActAsync(id, "unshelve", new JsonObject { ["availability_zone"] = availabilityZone }, Nova.UnshelveZone, cancel);

    /// <summary>The last lines of a server's console.</summary>
    /// <param name="id">Which.</param>
    /// <param name="lines">How many lines at most.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<string> GetConsoleOutputAsync(ServerId id, int lines, CancellationToken cancel)
    {
        var body = new JsonObject { ["os-getConsoleOutput"] = new JsonObject { ["length"] = lines } };
        var answer = await nova.ReadJsonAsync(Request.Post($"servers/{id}/action").With(body) with { IsRead = true }, cancel);
        return nova.Text(answer, "output");
    }

    /// <summary>
    /// Asks for an image of a server's root disk. Of a server booted from a volume the image is empty and refers to snapshots in this
    /// cloud: no export.
    /// </summary>
    /// <param name="id">Which.</param>
    /// <param name="name">Name of the image.</param>
    /// <param name="metadata">Properties of the image.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<ImageId> CreateServerImageAsync(ServerId id, string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancel)
    {
        var body = new JsonObject
        {
            ["createImage"] = new JsonObject
            {
                ["name"] = name,
                ["metadata"] = JsonSerializer.SerializeToNode(metadata, ComputeJson.Default.IReadOnlyDictionaryStringString),
            },
        };
        var answer = await nova.ReadJsonAsync(Request.Post($"servers/{id}/action").At(Nova.ImageId).With(body), cancel);
        return new(nova.Text(answer, "image_id"));
    }

    /// <summary>Sets these items of a server's metadata and leaves others.</summary>
    /// <param name="id">Which.</param>
    /// <param name="metadata">Items to set.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SetServerMetadataAsync(ServerId id, IReadOnlyDictionary<string, string> metadata, CancellationToken cancel) =>
        nova.SendAsync(Request.Post($"servers/{id}/metadata").With("metadata", metadata, ComputeJson.Default.IReadOnlyDictionaryStringString), cancel);

    /// <summary>Replaces a server's tags (2.26).</summary>
    /// <param name="id">Which.</param>
    /// <param name="tags">All tags it shall have.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SetServerTagsAsync(ServerId id, IReadOnlyList<string> tags, CancellationToken cancel) =>
        nova.SendAsync(Request.Put($"servers/{id}/tags").At(Nova.Tags).With("tags", tags, ComputeJson.Default.IReadOnlyListString), cancel);

    /// <summary>A server's volumes, in the order of attachment.</summary>
    /// <param name="id">Which server.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<VolumeAttachment> ListVolumeAttachmentsAsync(ServerId id, CancellationToken cancel) =>
        nova.ListAsync(Request.Get($"servers/{id}/os-volume_attachments").At(Nova.Any), "volumeAttachments", ComputeJson.Default.VolumeAttachment, cancel);

    /// <summary>Attaches a volume. A tag needs 2.49 and <see cref="VolumeLifetime.DiesWithServer"/> 2.79.</summary>
    /// <param name="id">Which server.</param>
    /// <param name="volume">Which volume, and how.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<VolumeAttachment> AttachVolumeAsync(ServerId id, NewVolumeAttachment volume, CancellationToken cancel)
    {
        var body = new JsonObject { ["volumeId"] = volume.Volume.Value };
        if (volume.Tag is { } tag)
            body["tag"] = tag;
        if (volume.Lifetime == VolumeLifetime.DiesWithServer)
            body["delete_on_termination"] = true;
        var versions = volume switch
        {
            { Lifetime: VolumeLifetime.DiesWithServer } => Nova.Attach,
            { Tag: not null } => Nova.AttachTag,
            _ => Nova.AttachAny,
        };
        var request = Request.Post($"servers/{id}/os-volume_attachments").At(versions).With(new JsonObject { ["volumeAttachment"] = body });
        return nova.ReadAsync(request, "volumeAttachment", ComputeJson.Default.VolumeAttachment, cancel);
    }

    /// <summary>Asks for a volume to be detached; one that is not attached is no error.</summary>
    /// <param name="id">Which server.</param>
    /// <param name="volume">Which volume.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DetachVolumeAsync(ServerId id, VolumeId volume, CancellationToken cancel) =>
        nova.DeleteAsync(Request.Delete($"servers/{id}/os-volume_attachments/{volume}"), cancel);

    /// <summary>A server's ports.</summary>
    /// <param name="id">Which server.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<InterfaceAttachment> ListInterfacesAsync(ServerId id, CancellationToken cancel) =>
        nova.ListAsync(Request.Get($"servers/{id}/os-interface").At(Nova.Any), "interfaceAttachments", ComputeJson.Default.InterfaceAttachment, cancel);

    /// <summary>Plugs a port into a server. A tag needs 2.49.</summary>
    /// <param name="id">Which server.</param>
    /// <param name="port">Which port.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<InterfaceAttachment> AttachPortAsync(ServerId id, ServerPort port, CancellationToken cancel)
    {
        var body = new JsonObject { ["port_id"] = port.Port.Value };
        if (port.Tag is { } tag)
            body["tag"] = tag;
        var request = Request.Post($"servers/{id}/os-interface").At(port.Tag is null ? null : Nova.AttachTag)
            .With(new JsonObject { ["interfaceAttachment"] = body });
        return nova.ReadAsync(request, "interfaceAttachment", ComputeJson.Default.InterfaceAttachment, cancel);
    }

    /// <summary>Asks for a port to be unplugged; one that is not plugged in is no error.</summary>
    /// <param name="id">Which server.</param>
    /// <param name="port">Which port.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DetachPortAsync(ServerId id, PortId port, CancellationToken cancel) =>
        nova.DeleteAsync(Request.Delete($"servers/{id}/os-interface/{port}"), cancel);

    /// <summary>A flavor, with its extra specs when they may be read. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Flavor> GetFlavorAsync(FlavorId id, CancellationToken cancel) =>
        nova.ReadAsync(Request.Get($"flavors/{id}").At(Nova.Any), "flavor", ComputeJson.Default.Flavor, cancel);

    /// <summary>A flavor; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Flavor?> FindFlavorAsync(FlavorId id, CancellationToken cancel) =>
        nova.FindAsync(Request.Get($"flavors/{id}").At(Nova.Any), "flavor", ComputeJson.Default.Flavor, cancel);

    /// <summary>The flavors that the project may use; administrators see all.</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<Flavor> ListFlavorsAsync(CancellationToken cancel) =>
        nova.ListAsync(Request.List($"flavors/detail").Where(new Query { ["is_public"] = "None" }).At(Nova.Any), "flavors", ComputeJson.Default.Flavor, cancel);

    /// <summary>The keypairs of a user.</summary>
    /// <param name="user">Whose (administrators); null for one's own.</param>
    /// <param name="cancel">Gives up.</param>
    public async IAsyncEnumerable<Keypair> ListKeypairsAsync(UserId? user, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var request = Request.Get($"os-keypairs").Where(new Query { ["user_id"] = user?.Value }).At(user is null ? Nova.Any : Nova.KeypairType);
        await foreach (var page in nova.PagesAsync(request, "keypairs", cancel))
        {
            foreach (var item in page.EnumerateArray())
                yield return nova.Parse(item.GetProperty("keypair"), ComputeJson.Default.Keypair);
        }
    }

    /// <summary>A keypair; null when there is none. An administrator may look at another user's (2.10).</summary>
    /// <param name="name">Its name.</param>
    /// <param name="user">Whose; null for one's own.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Keypair?> FindKeypairAsync(string name, UserId? user, CancellationToken cancel)
    {
        var request = Request.Get($"os-keypairs/{name}").Where(new Query { ["user_id"] = user?.Value }).At(user is null ? Nova.Any : Nova.KeypairType);
        return nova.FindAsync(request, "keypair", ComputeJson.Default.Keypair, cancel);
    }

    /// <summary>Imports a public key. A name that the user has already is <see cref="Fault.Conflict"/>.</summary>
    /// <param name="keypair">The key.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Keypair> ImportKeypairAsync(NewKeypair keypair, CancellationToken cancel) =>
        nova.ReadAsync(Request.Post($"os-keypairs").At(Nova.KeypairType).With("keypair", keypair, ComputeJson.Default.NewKeypair), "keypair", ComputeJson.Default.Keypair, cancel);

    /// <summary>Deletes a keypair; one that is gone already is no error.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="user">Whose; null for one's own.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteKeypairAsync(string name, UserId? user, CancellationToken cancel) =>
        nova.DeleteAsync(Request.Delete($"os-keypairs/{name}").Where(new Query { ["user_id"] = user?.Value }).At(user is null ? null : Nova.KeypairType), cancel);

    /// <summary>A server group; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<ServerGroup?> FindServerGroupAsync(ServerGroupId id, CancellationToken cancel) =>
        (await nova.FindAsync(Request.Get($"os-server-groups/{id}").At(Nova.Any), "server_group", ComputeJson.Default.ServerGroup, cancel))?.WithPolicy();

    /// <summary>The server groups.</summary>
    /// <param name="scope">Own project's or all (administrators).</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<ServerGroup> ListServerGroupsAsync(ProjectScope scope, CancellationToken cancel) => nova
        .ListAsync(
            Request.Get($"os-server-groups").Where(new Query { ["all_projects"] = scope == ProjectScope.All ? "True" : null }).At(Nova.Any),
            "server_groups",
            ComputeJson.Default.ServerGroup,
            cancel)
        .Select(group => group.WithPolicy());

    /// <summary>Creates a server group. Rules need 2.64, soft policies 2.15.</summary>
    /// <param name="group">What to create.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<ServerGroup> CreateServerGroupAsync(NewServerGroup group, CancellationToken cancel)
    {
        var newest = (await nova.VersionsAsync(cancel))?.Highest ?? Nova.Oldest;
        var request = group.Rules is not null || newest >= Nova.GroupRules.Lowest
            ? Request.Post($"os-server-groups").At(Nova.GroupRules).With("server_group", group, ComputeJson.Default.NewServerGroup)
            : Request.Post($"os-server-groups").At(Nova.GroupPolicies)
                .With(new JsonObject { ["server_group"] = new JsonObject { ["name"] = group.Name, ["policies"] = new JsonArray(group.Policy) } });
        return (await nova.ReadAsync(request, "server_group", ComputeJson.Default.ServerGroup, cancel)).WithPolicy();
    }

    /// <summary>Deletes a server group; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteServerGroupAsync(ServerGroupId id, CancellationToken cancel) => nova.DeleteAsync(Request.Delete($"os-server-groups/{id}"), cancel);

    /// <summary>What the project may use and uses.</summary>
    /// <param name="cancel">Gives up.</param>
    public async Task<ComputeLimits> GetLimitsAsync(CancellationToken cancel)
    {
        var answer = await nova.ReadJsonAsync(Request.Get($"limits"), cancel);
        return nova.Parse(nova.Member(answer, "limits", "absolute"), ComputeJson.Default.ComputeLimits);
    }

    /// <summary>Nova's services (administrators).</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<ComputeService> ListServicesAsync(CancellationToken cancel) =>
        nova.ListAsync(Request.Get($"os-services").At(Nova.ServiceIds), "services", ComputeJson.Default.ComputeService, cancel);

    /// <summary>Hypervisors (administrators).</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<Hypervisor> ListHypervisorsAsync(CancellationToken cancel) =>
        nova.ListAsync(Request.Get($"os-hypervisors/detail").At(Nova.HypervisorSize), "hypervisors", ComputeJson.Default.Hypervisor, cancel);

    /// <summary>Availability zones for servers.</summary>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<AvailabilityZone>> ListAvailabilityZonesAsync(CancellationToken cancel)
    {
        var answer = await nova.ReadJsonAsync(Request.Get($"os-availability-zone"), cancel);
        return [.. nova.Member(answer, "availabilityZoneInfo").EnumerateArray().Select(zone => new AvailabilityZone(
            nova.Text(zone, "zoneName"),
            nova.Member(zone, "zoneState", "available").GetBoolean()))];
    }

    Task ActAsync(ServerId id, string action, JsonNode? arguments, VersionRange? versions, CancellationToken cancel) =>
        nova.SendAsync(Request.Post($"servers/{id}/action").At(versions).With(new JsonObject { [action] = arguments }), cancel);
}
