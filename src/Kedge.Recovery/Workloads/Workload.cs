using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Policies;

namespace Kedge.Recovery.Workloads;

/// <summary>What a tenant chose to protect: which resources, from where to where, and in what order its servers come back.</summary>
public sealed record Workload
{
    public required string Name { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public required WorkloadSelection Selection { get; init; }

    /// <summary>Name of the policy that says what the workload does not; null: none.</summary>
    public string? Policy { get; init; }

    /// <summary>That policy itself; put here when the workload is read.</summary>
    [JsonIgnore]
    public Policy? Named { get; init; }

    /// <summary>The workload's own word; null: the policy's.</summary>
    [JsonPropertyName("retention")]
    public RetentionPolicy? OwnRetention { get; init; }

    [JsonIgnore]
    public RetentionPolicy Retention { get => OwnRetention ?? Named?.Retention ?? new(); init => OwnRetention = value; }

    /// <inheritdoc cref="OwnRetention"/>
    [JsonPropertyName("rpo")]
    public TimeSpan? OwnRpo { get; init; }

    /// <summary>A point older than this is not within the promise; readiness says so.</summary>
    [JsonIgnore]
    public TimeSpan Rpo { get => OwnRpo ?? Named?.Rpo ?? TimeSpan.FromHours(24); init => OwnRpo = value; }

    /// <inheritdoc cref="OwnRetention"/>
    [JsonPropertyName("rto")]
    public TimeSpan? OwnRto { get; init; }

    /// <summary>How long its recovery may take, counted from the declaration; null: nothing is promised.</summary>
    [JsonIgnore]
    public TimeSpan? Rto { get => OwnRto ?? Named?.Rto; init => OwnRto = value; }

    /// <summary>When its points may be begun; empty: at any time.</summary>
    [JsonIgnore]
    public ImmutableArray<ProtectionWindow> Windows => Named?.Windows ?? [];

    /// <summary>Points are taken only when a person asks for one.</summary>
    [JsonPropertyName("paused")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsPaused { get; init; }

    /// <summary>When a whole site is recovered: higher first, and among equals the shorter RTO first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Priority { get; init; }

    /// <summary>What a declared loss of its site does with it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public OnSiteLoss OnSiteLoss { get; init; }

    /// <summary>How its disks are brought to the target, and how they wait there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReplicationPolicy? Replication { get; init; }

    /// <summary>Servers that wait for others, that come first, or that answer when they are well. Servers not named have the defaults.</summary>
    public ImmutableArray<ServerRule> Servers { get => field.IsDefault ? [] : field; init; }
}

/// <summary>What is done with a workload when its site is declared lost.</summary>
public enum OnSiteLoss
{
    /// <summary>It is failed over with the others.</summary>
    Recover,

    /// <summary>It is left alone: its owner fails it over himself, or not at all.</summary>
    Leave,
}

/// <summary>Which servers: a closed family, exactly one of which a workload has. Volumes, ports and the rest follow from the servers.</summary>
public abstract record WorkloadSelection
{
    private WorkloadSelection() { }

    public sealed record ByServers(ImmutableArray<SourceId> Servers) : WorkloadSelection;

    public sealed record ByTag(string Tag) : WorkloadSelection;

    public sealed record ByMetadata(string Key, string Value) : WorkloadSelection;

    /// <summary>The servers of a stack and of the stacks nested in it.</summary>
    public sealed record ByStack(SourceId Stack) : WorkloadSelection;

    /// <summary>Every server of the project, and also its unattached volumes and unused networks.</summary>
    public sealed record WholeProject : WorkloadSelection;
}

/// <summary>How one server comes back.</summary>
public sealed record ServerRule
{
    /// <summary>Id, or name where it is unique in the workload (checked when the rule is set).</summary>
    public required string Server { get; init; }

    /// <summary>Servers, named as above, that must be up (and healthy, where they have a check) before this one is started.</summary>
    public ImmutableArray<string> After { get => field.IsDefault ? [] : field; init; }

    /// <summary>Higher first among those that could start; 0 by default.</summary>
    public int Priority { get; init; }
    public HealthCheck? Health { get; init; }
}

/// <summary>A closed family of ways to ask a restored server whether it works. Asked from where kedge runs.</summary>
public abstract record HealthCheck
{
    private HealthCheck() { }

    /// <summary>Null address: the floating IP if it has one, else the first fixed IP.</summary>
    public sealed record Tcp(int Port, string? Address) : HealthCheck;

    /// <summary>Well is an answer of 200 to 399.</summary>
    public sealed record Http(Uri Url) : HealthCheck;
}

public sealed record RetentionPolicy
{
    /// <summary>Points to keep at least, newest first; a chain goes only when none of its points is kept.</summary>
    public int KeepLast { get => field == 0 ? 7 : field; init; }

    /// <summary>Besides those, the last point of each of so many hours that have one; likewise below.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Hourly { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Daily { get; init; }

    /// <summary>From Monday.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Weekly { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Monthly { get; init; }

    /// <summary>After so many incrementals the next backup is full, which starts a new chain.</summary>
    public int FullEvery { get => field == 0 ? 7 : field; init; }
}
