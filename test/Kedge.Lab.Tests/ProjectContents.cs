using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Network;

namespace Kedge.Lab.Tests;

/// <summary>How many of each kind a project holds, but for what every project has: the default security group, and points' backups, images and standbys.</summary>
sealed record ProjectContents(int Servers, int Volumes, int Networks, int Subnets, int Routers, int Ports, int SecurityGroups, int FloatingIps, int ServerGroups, int Keypairs)
{
    public static ProjectContents Nothing { get; } = new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public static async Task<ProjectContents> CountAsync(Cloud cloud)
    {
        await cloud.AuthenticateAsync(CancellationToken.None);
        var project = cloud.ProjectId;
        var own = new NetworkFilter { ProjectId = project };
        return new ProjectContents(
            await cloud.Compute.ListServersAsync(new ServerFilter(), CancellationToken.None).CountAsync(),
            await cloud.BlockStorage.ListVolumesAsync(new BlockStorageFilter(), CancellationToken.None).CountAsync(volume => !volume.Metadata.ContainsKey("kedge_standby_for")),
            await cloud.Network.ListNetworksAsync(own, CancellationToken.None).CountAsync(),
            await cloud.Network.ListSubnetsAsync(own, CancellationToken.None).CountAsync(),
            await cloud.Network.ListRoutersAsync(own, CancellationToken.None).CountAsync(),
            await cloud.Network.ListPortsAsync(new PortFilter { ProjectId = project }, CancellationToken.None)
                .CountAsync(port => !port.DeviceOwner.StartsWith("network:", StringComparison.Ordinal)),
            await cloud.Network.ListSecurityGroupsAsync(own, CancellationToken.None).CountAsync(group => group.Name != "default"),
            await cloud.Network.ListFloatingIpsAsync(own, CancellationToken.None).CountAsync(),
            await cloud.Compute.ListServerGroupsAsync(ProjectScope.Own, CancellationToken.None).CountAsync(),
            await cloud.Compute.ListKeypairsAsync(null, CancellationToken.None).CountAsync());
    }
}
