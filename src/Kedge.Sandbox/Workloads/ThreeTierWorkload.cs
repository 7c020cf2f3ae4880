namespace Kedge.Sandbox.Workloads;

/// <summary>A small but awkward workload in the project <c>demo</c>, and the ids of what it consists of.</summary>
public sealed record ThreeTierWorkload
{
    /// <summary>Tag that all three servers carry.</summary>
    public const string Tag = "three-tier";

    /// <summary>Boots from a volume, has a data volume; locked.</summary>
    public required string DbServerId { get; init; }

    /// <summary>Boots from an image, has a data volume.</summary>
    public required string AppServerId { get; init; }

    /// <summary>Boots from an image, has ports on both networks.</summary>
    public required string WebServerId { get; init; }

    public required string DbRootVolumeId { get; init; }
    public required string DbDataVolumeId { get; init; }
    public required string AppDataVolumeId { get; init; }
    public required string ImageId { get; init; }
    public required string FrontNetworkId { get; init; }
    public required string BackNetworkId { get; init; }
    public required string RouterId { get; init; }
    public required string WebGroupId { get; init; }
    public required string DbGroupId { get; init; }
    public required string ServerGroupId { get; init; }
    public required string KeyName { get; init; }

    /// <summary>Bound to no server: it only keeps the virtual address.</summary>
    public required string VipPortId { get; init; }

    public required string FloatingIpId { get; init; }
    public required string FloatingIpAddress { get; init; }

    public IReadOnlyList<string> ServerIds => [DbServerId, AppServerId, WebServerId];
    public IReadOnlyList<string> VolumeIds => [DbRootVolumeId, DbDataVolumeId, AppDataVolumeId];

    /// <summary>
    /// Builds it as the user <c>demo</c>, at once whatever the cloud's latencies; not counted among the calls and out of reach of faults.
    /// </summary>
    public static async Task<ThreeTierWorkload> BuildAsync(SandboxCloud cloud, CancellationToken cancel) =>
        await new ThreeTierBuilder(cloud, await Backstage.EnterAsync(cloud, cancel)).BuildAsync(cancel);
}
