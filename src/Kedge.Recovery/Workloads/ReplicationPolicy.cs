using System.Collections.Immutable;

namespace Kedge.Recovery.Workloads;

/// <summary>How the bytes of a disk come to the target.</summary>
public enum ReplicationMethod
{
    /// <summary>Cinder's backups in a store that both clouds reach.</summary>
    Backup,

    /// <summary>Kedge's movers and its block repository.</summary>
    Blocks,
}

/// <summary>What waits at the target between two points.</summary>
public enum StandbyKind
{
    /// <summary>Nothing: a failover fills empty volumes.</summary>
    Cold,

    /// <summary>A volume for each volume, brought forward by each point: a failover clones it. It takes the volumes' space a second time.</summary>
    Warm,
}

/// <summary>How a workload's disks are brought to the target, and how they wait there. What is not said is chosen (kedge workload methods).</summary>
public sealed record ReplicationPolicy
{
    /// <summary>For every volume; null: the best that is possible for each.</summary>
    public ReplicationMethod? Method { get; init; }

    /// <summary>For single volumes, by id or by name where it is unique.</summary>
    public ImmutableSortedDictionary<string, ReplicationMethod> Volumes { get => field ?? ImmutableSortedDictionary<string, ReplicationMethod>.Empty; init; }

    public StandbyKind Standby { get; init; }

    /// <summary>The share of each restored volume that is read back and hashed before its server boots, above 0 to 1; less than 1 only where the RTO says so.</summary>
    public double ReadBack { get => field == 0 ? 1 : field; init; }
}
