using System.Collections.Immutable;
using Kedge.Availability.Description;

namespace Kedge.Availability.Layout;

/// <summary>What Pacemaker is told for a description: resources, constraints, fencing levels, properties. Ids as they stand in the CIB.</summary>
/// <param name="Notes">What a person must know that does not show in the resources: what is not kept, and why.</param>
public sealed record ClusterLayout(
    ImmutableArray<Resource> Resources,
    ImmutableArray<Order> Orders,
    ImmutableArray<Together> Togethers,
    ImmutableArray<Apart> Aparts,
    ImmutableArray<Ban> Bans,
    ImmutableArray<AwayFromDc> AwayFromDc,
    ImmutableArray<Level> Levels,
    ImmutableSortedDictionary<string, string> Properties,
    ImmutableArray<string> Notes)
{
    /// <summary>What is ours in a CIB begins so.</summary>
    public const string Prefix = "kedge-";
}

/// <param name="Id">Of the primitive.</param>
/// <param name="Agent"><c>ocf:openstack:nova-api</c>, <c>systemd:haproxy</c>, <c>stonith:fence_ipmilan</c>.</param>
/// <param name="CloneMeta">Of the clone, where it is one.</param>
public sealed record Resource(
    string Id,
    string Agent,
    Runs Runs,
    ImmutableSortedDictionary<string, string> Parameters,
    ImmutableArray<Operation> Operations,
    ImmutableSortedDictionary<string, string> Meta,
    ImmutableSortedDictionary<string, string> CloneMeta)
{
    /// <summary>What constraints name: the clone where there is one.</summary>
    public string Whole => Runs is Runs.Once ? Id : $"{Id}-clone";

    public bool IsFencingDevice => Agent.StartsWith("stonith:", StringComparison.Ordinal);
}

/// <param name="Role">Of the instances that it is for; null: all.</param>
/// <param name="Level">How deep the agent looks, OCF_CHECK_LEVEL; null: the agent's 0.</param>
public sealed record Operation(string Name, TimeSpan Interval, TimeSpan? Timeout, string? Role = null, int? Level = null);

/// <param name="IsMandatory">The later one does not run without the earlier; else only when both start at once.</param>
/// <param name="FirstAction"><c>promote</c> where the later one needs the promoted instance.</param>
public sealed record Order(string Id, string First, string FirstAction, string Then, bool IsMandatory);

/// <param name="With">Decides where; the other one follows.</param>
/// <param name="WithPromoted">It follows the promoted instance.</param>
public sealed record Together(string Id, string Follower, string With, bool WithPromoted);

public sealed record Apart(string Id, string One, string Other);

public sealed record Ban(string Id, string Resource, string Node);

/// <summary>
/// Rather on a node that is not the DC. When the DC is lost, another is elected first, and Pacemaker then waits a second that cannot be configured
/// before it decides anything: what users reach the control plane by should not be lost with it.
/// </summary>
public sealed record AwayFromDc(string Id, string Resource)
{
    /// <summary>More than the stickiness of what it is for, so that it holds after another DC was elected too.</summary>
    public const int Score = 200;
}

/// <summary>Devices of one level must all succeed.</summary>
public sealed record Level(string Id, string Node, int Index, ImmutableArray<string> Devices);
