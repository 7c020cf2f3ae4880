namespace Kedge.Contracts.V1;

/// <summary>A workload: what a tenant chose to protect.</summary>
/// <param name="Name">Kedge's name for it.</param>
/// <param name="Definition">What is written of it, and nothing else: what a PUT takes.</param>
/// <param name="Effective">The same with what its policy says where it says nothing itself, and with the defaults.</param>
public sealed record Workload(string Name, WorkloadDefinition Definition, WorkloadDefinition Effective);

/// <summary>A workload as a person writes it. docs/formats/workload.md</summary>
public sealed record WorkloadDefinition
{
    /// <summary>1 to 64 letters, digits, <c>-</c>, <c>_</c> or <c>.</c></summary>
    public required string Name { get; init; }

    /// <summary>Site where it runs.</summary>
    public required string From { get; init; }

    /// <summary>Site where it will run when the first is lost.</summary>
    public required string To { get; init; }

    /// <summary>Which servers.</summary>
    public required WorkloadSelection Selection { get; init; }

    /// <summary>Name of the policy that says what the workload does not.</summary>
    public string? Policy { get; init; }

    /// <summary>Which points are kept.</summary>
    public Retention? Retention { get; init; }

    /// <summary>How old the newest point may be: <c>15m</c>, <c>24h</c>.</summary>
    public string? Rpo { get; init; }

    /// <summary>How long its recovery may take.</summary>
    public string? Rto { get; init; }

    /// <summary>Points are taken only when somebody asks for one.</summary>
    public bool? Paused { get; init; }

    /// <summary>When a whole site is recovered: higher first.</summary>
    public int? Priority { get; init; }

    /// <summary>What a declared loss of its site does with it: <c>Recover</c> or <c>Leave</c>.</summary>
    public string? OnSiteLoss { get; init; }

    /// <summary>How its disks are brought to the target.</summary>
    public Replication? Replication { get; init; }

    /// <summary>Servers that wait for others, come first, or answer when they are well.</summary>
    public IReadOnlyList<ServerRule>? Servers { get; init; }
}

/// <summary>Which servers: exactly one of the fields.</summary>
public sealed record WorkloadSelection
{
    /// <summary>Ids of servers.</summary>
    public IReadOnlyList<string>? Servers { get; init; }

    /// <summary>Servers with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Servers with this metadata: one key with its value.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Id of a Heat stack.</summary>
    public string? Stack { get; init; }

    /// <summary><c>whole</c>: the whole project.</summary>
    public string? Project { get; init; }
}

/// <summary>Which points are kept.</summary>
public sealed record Retention
{
    /// <summary>So many of the newest at least.</summary>
    public int? KeepLast { get; init; }

    /// <summary>Besides those, the last of each of so many hours; likewise below.</summary>
    public int? Hourly { get; init; }

    /// <summary>Days.</summary>
    public int? Daily { get; init; }

    /// <summary>Weeks, from Monday.</summary>
    public int? Weekly { get; init; }

    /// <summary>Months.</summary>
    public int? Monthly { get; init; }

    /// <summary>After so many incremental backups one is full.</summary>
    public int? FullEvery { get; init; }
}

/// <summary>How disks are brought to the target, and how they wait there.</summary>
public sealed record Replication
{
    /// <summary><c>Backup</c> or <c>Blocks</c>; null: the best that is possible for each volume.</summary>
    public string? Method { get; init; }

    /// <summary>For single volumes, by id or unique name.</summary>
    public IReadOnlyDictionary<string, string>? Volumes { get; init; }

    /// <summary><c>Cold</c> or <c>Warm</c>.</summary>
    public string? Standby { get; init; }

    /// <summary>The share of each restored volume that is read back before its server boots, above 0 to 1.</summary>
    public double? ReadBack { get; init; }
}

/// <summary>How one server comes back.</summary>
public sealed record ServerRule
{
    /// <summary>Id, or name where it is unique in the workload.</summary>
    public required string Server { get; init; }

    /// <summary>Servers that must be up, and well where they are asked, before this one is started.</summary>
    public IReadOnlyList<string>? After { get; init; }

    /// <summary>Higher first among those that could start.</summary>
    public int? Priority { get; init; }

    /// <summary>How to ask it whether it works.</summary>
    public HealthCheck? Health { get; init; }
}

/// <summary>How a restored server is asked whether it works: either <see cref="Tcp"/> or <see cref="Http"/>.</summary>
public sealed record HealthCheck
{
    /// <summary>A port that must accept a connection.</summary>
    public int? Tcp { get; init; }

    /// <summary>Address of that port; null: the floating IP if it has one, else the first fixed IP.</summary>
    public string? Address { get; init; }

    /// <summary>A URL that must answer with 200 to 399.</summary>
    public string? Http { get; init; }
}
