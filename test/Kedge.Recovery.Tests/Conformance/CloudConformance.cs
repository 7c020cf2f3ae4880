using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Network;

namespace Kedge.Recovery.Tests.Conformance;

/// <summary>
/// What a failover relies on in a cloud, as a tenant meets it. The sandbox and the real clouds of the lab inherit the same tests: where they
/// do not agree, the sandbox is wrong. Each test makes what it needs and takes it away.
/// </summary>
public abstract class CloudConformance : IAsyncLifetime
{
    const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOmoBTQI0gZdFyGxEOQpW6Xq0fSkS0k0d2x3yY5dU3nT conformance";

    static readonly CancellationToken Cancel = CancellationToken.None;

    readonly Stack<Func<Task>> undo = new();

    protected abstract Task<Cloud> ConnectAsync();

    Cloud Cloud { get; set; } = null!;

    public async ValueTask InitializeAsync() => Cloud = await ConnectAsync();

    public async ValueTask DisposeAsync()
    {
        while (undo.TryPop(out var next))
            await next();
        await Cloud.DisposeAsync();
    }

    [Fact]
    public async Task A_tenant_chooses_MAC_and_address_of_a_port_on_its_own_network_and_nobody_else_gets_them()
    {
        var (network, subnet) = await NetworkAsync();

        var port = await PortAsync(network, subnet, "192.0.2.20", "fa:16:3e:00:c0:01");
        var sameMac = await Assert.ThrowsAsync<OpenStackException>(() => PortAsync(network, subnet, "192.0.2.21", "fa:16:3e:00:c0:01"));
        var sameAddress = await Assert.ThrowsAsync<OpenStackException>(() => PortAsync(network, subnet, "192.0.2.20", "fa:16:3e:00:c0:02"));

        Assert.Equal("fa:16:3e:00:c0:01", port.MacAddress);
        Assert.Equal("192.0.2.20", port.FixedIps.Single().IpAddress);
        Assert.Equal((Fault.Conflict, Fault.Conflict), (sameMac.Fault, sameAddress.Fault));
    }

    [Fact]
    public async Task A_network_is_found_by_its_description_and_by_its_tag()
    {
        var (network, _) = await NetworkAsync();
        await Cloud.Network.SetTagsAsync(network, ["kedge:conformance:tag"], Cancel);

        var described = await Cloud.Network.ListNetworksAsync(new NetworkFilter { Description = "kedge conformance" }, Cancel).ToListAsync();
        var tagged = await Cloud.Network.ListNetworksAsync(new NetworkFilter { Tags = ["kedge:conformance:tag"] }, Cancel).ToListAsync();

        Assert.Contains(described, found => found.Id == network);
        Assert.Equal(network, Assert.Single(tagged).Id);
    }

    [Fact]
    public async Task A_new_security_group_lets_everything_out_and_may_refer_to_one_that_refers_to_it()
    {
        var (one, other) = (await GroupAsync("kedge-conformance-1"), await GroupAsync("kedge-conformance-2"));

        var there = await Cloud.Network.CreateSecurityGroupRuleAsync(Rule(one.Id, other.Id), Cancel);
        var back = await Cloud.Network.CreateSecurityGroupRuleAsync(Rule(other.Id, one.Id), Cancel);
        var again = await Assert.ThrowsAsync<OpenStackException>(() => Cloud.Network.CreateSecurityGroupRuleAsync(Rule(one.Id, other.Id), Cancel));

        Assert.Equal(["IPv4", "IPv6"], one.Rules.Where(rule => rule.Direction == "egress").Select(rule => rule.EtherType).Order());
        Assert.Equal((other.Id, one.Id), (there.RemoteGroupId, back.RemoteGroupId));
        Assert.Equal(Fault.Conflict, again.Fault);
        await Cloud.Network.DeleteSecurityGroupRuleAsync(there.Id, Cancel);
        await Cloud.Network.DeleteSecurityGroupRuleAsync(back.Id, Cancel);
    }

    [Fact]
    public async Task A_chosen_floating_ip_is_for_admins()
    {
        var external = await Cloud.Network.ListNetworksAsync(NetworkFilter.None, Cancel).FirstAsync(network => network.IsExternal);

        var refused = await Assert.ThrowsAsync<OpenStackException>(() => Cloud.Network.CreateFloatingIpAsync(
            new NewFloatingIp { NetworkId = external.Id, Address = "203.0.113.77" }, Cancel));

        Assert.Equal(Fault.Forbidden, refused.Fault);
    }

    [Fact]
    public async Task A_key_is_imported_once_under_one_name()
    {
        await Cloud.Compute.ImportKeypairAsync(new NewKeypair("kedge-conformance", Key), Cancel);
        undo.Push(() => Cloud.Compute.DeleteKeypairAsync("kedge-conformance", null, Cancel));

        var again = await Assert.ThrowsAsync<OpenStackException>(() => Cloud.Compute.ImportKeypairAsync(new NewKeypair("kedge-conformance", Key), Cancel));

        Assert.Equal(Fault.Conflict, again.Fault);
        Assert.NotNull(await Cloud.Compute.FindKeypairAsync("kedge-conformance", null, Cancel));
    }

    [Fact]
    public async Task A_volume_keeps_the_metadata_it_is_made_with_and_learns_to_boot()
    {
        var volume = await Cloud.BlockStorage.CreateVolumeAsync(
            new NewVolume { Name = "kedge-conformance", SizeGib = 1, Metadata = new Dictionary<string, string> { ["kedge_run"] = "r" } }, Cancel);
        undo.Push(() => Cloud.BlockStorage.DeleteVolumeAsync(volume.Id, Cancel));
        await AvailableAsync(volume.Id);

        await Cloud.BlockStorage.MakeBootableAsync(volume.Id, Cancel);
        await Cloud.BlockStorage.SetImageMetadataAsync(volume.Id, new Dictionary<string, string> { ["hw_disk_bus"] = "virtio" }, Cancel);

        var read = await Cloud.BlockStorage.GetVolumeAsync(volume.Id, Cancel);
        Assert.Equal("r", read.Metadata["kedge_run"]);
        Assert.True(read.IsBootable);
        Assert.Equal("virtio", read.ImageMetadata["hw_disk_bus"]);
    }

    [Fact]
    public async Task A_volume_is_connected_to_a_host_that_names_itself_and_to_no_second_one_until_it_is_let_go()
    {
        var cinder = Cloud.BlockStorage;
        var volume = await VolumeAsync(new NewVolume { Name = "kedge-conformance", SizeGib = 1 });
        var connector = new System.Text.Json.Nodes.JsonObject { ["host"] = "kedge-conformance", ["ip"] = "192.0.2.1", ["platform"] = "x86_64", ["os_type"] = "linux", ["multipath"] = false };

        var made = await cinder.CreateAttachmentAsync(volume, null, connector, Cancel);
        undo.Push(() => cinder.DeleteAttachmentAsync(made.Id, Cancel));
        var listed = await cinder.ListAttachmentsAsync(volume, Cancel).SingleAsync();
        await cinder.CompleteAttachmentAsync(made.Id, Cancel);
        var completed = await cinder.GetVolumeAsync(volume, Cancel);
        var second = await Assert.ThrowsAsync<OpenStackException>(() => cinder.CreateAttachmentAsync(volume, null, connector, Cancel));
        await cinder.DeleteAttachmentAsync(made.Id, Cancel);

        Assert.Equal((made.Id, null), (listed.Id, listed.Server));
        Assert.All([made, listed], each => Assert.NotEqual("", each.ConnectionInfo!.Value.GetProperty("driver_volume_type").GetString()));
        Assert.Equal(VolumeStatus.InUse, completed.Status);
        Assert.Equal(Fault.BadRequest, second.Fault);
        await AvailableAsync(volume);
        Assert.Empty(await cinder.ListAttachmentsAsync(volume, Cancel).ToListAsync());
    }

    [Fact]
    public async Task A_reserved_volume_is_connected_later()
    {
        var cinder = Cloud.BlockStorage;
        var volume = await VolumeAsync(new NewVolume { Name = "kedge-conformance", SizeGib = 1 });

        var reserved = await cinder.CreateAttachmentAsync(volume, null, null, Cancel);
        undo.Push(() => cinder.DeleteAttachmentAsync(reserved.Id, Cancel));
        var connected = await cinder.UpdateAttachmentAsync(reserved.Id, new System.Text.Json.Nodes.JsonObject { ["host"] = "kedge-conformance" }, Cancel);

        // The answer of the update may show the state before it.
        var listed = await cinder.ListAttachmentsAsync(volume, Cancel).SingleAsync();
        Assert.Equal(("reserved", null, "attaching"), (reserved.Status, reserved.AttachedAt, listed.Status));
        Assert.NotEqual("", connected.ConnectionInfo!.Value.GetProperty("driver_volume_type").GetString());
        await cinder.DeleteAttachmentAsync(reserved.Id, Cancel);
        await AvailableAsync(volume);
    }

    [Fact]
    public async Task A_volume_is_made_from_a_snapshot_with_metadata_of_its_own()
    {
        var cinder = Cloud.BlockStorage;
        var volume = await VolumeAsync(new NewVolume { Name = "kedge-conformance", SizeGib = 1 });
        var snapshot = await cinder.CreateSnapshotAsync(new NewSnapshot { VolumeId = volume, Name = "kedge-conformance" }, Cancel);
        undo.Push(() => GoneAsync(() => cinder.DeleteSnapshotAsync(snapshot.Id, Cancel), async () => await cinder.FindSnapshotAsync(snapshot.Id, Cancel) is null));
        await UntilAsync(async () => (await cinder.GetSnapshotAsync(snapshot.Id, Cancel)).Status == SnapshotStatus.Available, $"snapshot {snapshot.Id} to become available");

        var copy = await VolumeAsync(new NewVolume { Name = "kedge-copy", SnapshotId = snapshot.Id, Metadata = new Dictionary<string, string> { ["kedge_run"] = "r" } });

        var read = await cinder.GetVolumeAsync(copy, Cancel);
        Assert.Equal((1, snapshot.Id, "r"), (read.SizeGib, read.SnapshotId, read.Metadata["kedge_run"]));
    }

    [Fact]
    public async Task Importing_a_backup_record_is_for_admins()
    {
        var refused = await Assert.ThrowsAsync<OpenStackException>(() => Cloud.BlockStorage.ImportBackupRecordAsync(new BackupRecord("any", "e30="), Cancel));

        Assert.Equal(Fault.Forbidden, refused.Fault);
    }

    [Fact]
    public async Task What_is_not_there_is_null_to_find()
    {
        const string nobody = "00000000-0000-4000-8000-000000000000";

        Assert.Null(await Cloud.Compute.FindServerAsync(new ServerId(nobody), Cancel));
        Assert.Null(await Cloud.Network.FindNetworkAsync(new NetworkId(nobody), Cancel));
        Assert.Null(await Cloud.BlockStorage.FindVolumeAsync(new VolumeId(nobody), Cancel));
        Assert.Null(await Cloud.Images.FindImageAsync(new OpenStack.Images.ImageId(nobody), Cancel));
    }

    async Task<(NetworkId Network, SubnetId Subnet)> NetworkAsync()
    {
        var network = await Cloud.Network.CreateNetworkAsync(new NewNetwork { Name = "kedge-conformance", Description = "kedge conformance" }, Cancel);
        undo.Push(() => Cloud.Network.DeleteNetworkAsync(network.Id, Cancel));
        var subnet = await Cloud.Network.CreateSubnetAsync(new NewSubnet { NetworkId = network.Id, Cidr = "192.0.2.0/24", IpVersion = 4, IsDhcpEnabled = false }, Cancel);
        return (network.Id, subnet.Id);
    }

    async Task<Port> PortAsync(NetworkId network, SubnetId subnet, string address, string mac)
    {
        var port = await Cloud.Network.CreatePortAsync(new NewPort { NetworkId = network, MacAddress = mac, FixedIps = [new FixedIp(subnet, address)] }, Cancel);
        undo.Push(() => Cloud.Network.DeletePortAsync(port.Id, Cancel));
        return port;
    }

    async Task<SecurityGroup> GroupAsync(string name)
    {
        var group = await Cloud.Network.CreateSecurityGroupAsync(new NewSecurityGroup { Name = name }, Cancel);
        undo.Push(() => Cloud.Network.DeleteSecurityGroupAsync(group.Id, Cancel));
        return group;
    }

    static NewSecurityGroupRule Rule(SecurityGroupId group, SecurityGroupId remote) =>
        new() { SecurityGroupId = group, Direction = "ingress", EtherType = "IPv4", Protocol = "tcp", PortRangeMin = 80, PortRangeMax = 80, RemoteGroupId = remote };

    async Task<VolumeId> VolumeAsync(NewVolume wanted)
    {
        var volume = await Cloud.BlockStorage.CreateVolumeAsync(wanted, Cancel);
        undo.Push(() => GoneAsync(() => Cloud.BlockStorage.DeleteVolumeAsync(volume.Id, Cancel), async () => await Cloud.BlockStorage.FindVolumeAsync(volume.Id, Cancel) is null));
        await AvailableAsync(volume.Id);
        return volume.Id;
    }

    static async Task GoneAsync(Func<Task> delete, Func<Task<bool>> isGone)
    {
        await delete();
        await UntilAsync(isGone, "what was made to be gone");
    }

    Task AvailableAsync(VolumeId id) =>
        UntilAsync(async () => (await Cloud.BlockStorage.GetVolumeAsync(id, Cancel)).Status == VolumeStatus.Available, $"volume {id} to become available");

    static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        for (var look = 0; look < 600; look++)
        {
            if (await isSo())
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(500), Cancel);
        }
        Assert.Fail($"Waited in vain for {what}.");
    }
}
