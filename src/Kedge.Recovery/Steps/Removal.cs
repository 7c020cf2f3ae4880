using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Network;
using Kedge.Recovery.Moving;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Steps;

/// <summary>Takes away one thing that a run made. What is gone already is no error; what takes time is asked for and looked for again.</summary>
static class Removal
{
    public static Task RemoveAsync(Site site, MadeKind kind, string id, CancellationToken cancel)
    {
        var cloud = site.Tenant;
        return kind switch
        {
            MadeKind.FloatingIp => cloud.Network.DeleteFloatingIpAsync(new FloatingIpId(id), cancel),
            MadeKind.Server => RemoveServerAsync(cloud.Compute, new ServerId(id), cancel),
            MadeKind.ServerGroup => cloud.Compute.DeleteServerGroupAsync(new ServerGroupId(id), cancel),
            MadeKind.Keypair => cloud.Compute.DeleteKeypairAsync(id, null, cancel),
            MadeKind.Snapshot => cloud.BlockStorage.DeleteSnapshotAsync(new SnapshotId(id), cancel),
            MadeKind.Volume or MadeKind.VolumeOfSnapshot => RemoveVolumeAsync(cloud.BlockStorage, new VolumeId(id), cancel),
            MadeKind.Backup => RemoveBackupAsync(cloud.BlockStorage, new BackupId(id), cancel),
            MadeKind.Image => cloud.Images.DeleteImageAsync(new ImageId(id), cancel),
            MadeKind.Router => RemoveRouterAsync(cloud.Network, new RouterId(id), cancel),
            MadeKind.Port => cloud.Network.DeletePortAsync(new PortId(id), cancel),
            MadeKind.Subnet => cloud.Network.DeleteSubnetAsync(new SubnetId(id), cancel),
            MadeKind.Network => cloud.Network.DeleteNetworkAsync(new NetworkId(id), cancel),
            MadeKind.SecurityGroupRule => cloud.Network.DeleteSecurityGroupRuleAsync(new SecurityGroupRuleId(id), cancel),
            MadeKind.SecurityGroup => cloud.Network.DeleteSecurityGroupAsync(new SecurityGroupId(id), cancel),
            _ => Task.CompletedTask,
        };
    }

    /// <summary>A lock forbids its owner the deletion, too.</summary>
    static async Task RemoveServerAsync(ComputeClient nova, ServerId id, CancellationToken cancel)
    {
        if (await nova.FindServerAsync(id, cancel) is not { } server || server.TaskState is "deleting")
            return;
        if (server.Locked)
            await nova.UnlockServerAsync(id, cancel);
        await nova.DeleteServerAsync(id, cancel);
    }

    static async Task RemoveVolumeAsync(BlockStorageClient cinder, VolumeId id, CancellationToken cancel)
    {
        if (await cinder.FindVolumeAsync(id, cancel) is not { Status: not VolumeStatus.Deleting } volume)
            return;
        // A mover's connection goes first; a server's is the server's.
        if (volume.Status is VolumeStatus.Available || await HostAttachment.ReleaseAsync(cinder, id, cancel))
            await cinder.DeleteVolumeAsync(id, cancel);
    }

    static async Task RemoveBackupAsync(BlockStorageClient cinder, BackupId id, CancellationToken cancel)
    {
        if (await cinder.FindBackupAsync(id, cancel) is { Status: not (BackupStatus.Deleting or BackupStatus.Deleted) })
            await cinder.DeleteBackupAsync(id, cancel);
    }

    /// <summary>Interfaces hold a router, routes hold interfaces. Interface ports are no ports that one could delete: the router lets go of them.</summary>
    static async Task RemoveRouterAsync(NetworkClient neutron, RouterId id, CancellationToken cancel)
    {
        if (await neutron.FindRouterAsync(id, cancel) is not { } router)
            return;
        if (router.Routes is not [])
            await neutron.SetRoutesAsync(id, [], cancel);
        await foreach (var port in neutron.ListPortsAsync(new PortFilter { DeviceId = id.Value }, cancel))
        {
            if (port.DeviceId == id.Value && port.DeviceOwner.StartsWith("network:router_interface", StringComparison.Ordinal))
                await neutron.RemoveRouterInterfaceAsync(id, port.Id, cancel);
        }
        await neutron.DeleteRouterAsync(id, cancel);
    }
}
