using System.Collections.Immutable;

namespace Kedge.Availability.Description;

/// <summary>Which way of keeping a control plane; docs/formats/ha.md says what each does and why.</summary>
public enum Profile
{
    /// <summary>The seven resources and intervals of the paper, to the letter.</summary>
    Paper,

    /// <summary>Every service is a resource.</summary>
    Classic,

    /// <summary>Pacemaker keeps only what has state or an address.</summary>
    Modern,
}

/// <summary>How many instances of a service there are.</summary>
public enum Runs
{
    Everywhere,
    Once,

    /// <summary>Everywhere, one of them promoted.</summary>
    Promoted,
}

/// <summary>What a monitor looks at.</summary>
public enum Depth
{
    /// <summary>Whether the process is there.</summary>
    Process,

    /// <summary>Also whether it answers, or is heard of: level 10 of our agents.</summary>
    Answers,
}

/// <summary>Who starts a service again when it died.</summary>
public enum Keeper
{
    Pacemaker,
    Systemd,
}

/// <summary>What a person wrote in ha.yaml, checked: names lead somewhere, orders have no circles, every placement is possible.</summary>
/// <param name="Release">OpenStack's, lower case; null: today's.</param>
public sealed record ClusterDescription(
    string Cluster,
    Profile Profile,
    string? Release,
    ImmutableArray<string> Controllers,
    ImmutableArray<ServiceEntry> Services,
    ImmutableArray<VirtualIp> VirtualIps,
    ImmutableArray<FencingDevice> Fencing,
    ImmutableDictionary<string, string> Properties);

/// <summary>A service as the file gives it; null and empty: the profile decides.</summary>
/// <param name="On">Controllers where it may run; null: all.</param>
/// <param name="Timeouts">By operation: start, stop, monitor, promote, demote.</param>
public sealed record ServiceEntry(
    string Name,
    string? Agent,
    Keeper? Kept,
    Runs? Runs,
    ImmutableArray<string>? On,
    ImmutableArray<string> After,
    ImmutableArray<string> With,
    ImmutableArray<string> Apart,
    string? Ip,
    TimeSpan? Monitor,
    Depth? Depth,
    ImmutableDictionary<string, TimeSpan> Timeouts,
    ImmutableDictionary<string, string> Parameters,
    ImmutableDictionary<string, string> Meta,
    Place Place)
{
    /// <summary>A service that the profile brings, not the file.</summary>
    internal static ServiceEntry Of(string name, Place place) => new(
        name, null, null, null, null, [], [], [], null, null, null, ImmutableDictionary<string, TimeSpan>.Empty,
        ImmutableDictionary<string, string>.Empty, ImmutableDictionary<string, string>.Empty, place);
}

/// <param name="Prefix">Length of the network's prefix; null: the agent finds it.</param>
public sealed record VirtualIp(
    string Name, string Address, int? Prefix, string? Interface, string? Agent, ImmutableArray<string>? On, TimeSpan? Monitor, Place Place);

/// <param name="Fences">Controller and its plug at the device; the plug is null where the device needs none.</param>
/// <param name="Level">1 is tried first; devices of one level must all succeed.</param>
/// <param name="Delay">Waits this long before it fences.</param>
public sealed record FencingDevice(
    string Name,
    string Agent,
    ImmutableArray<(string Node, string? Plug)> Fences,
    int Level,
    TimeSpan? Delay,
    TimeSpan? Monitor,
    ImmutableDictionary<string, string> Parameters,
    Place Place);

/// <summary>Where something stands in the file.</summary>
/// <param name="Path">As a person finds it: <c>services[2] (nova-api)</c>.</param>
/// <param name="Fields">Lines of its fields.</param>
public sealed record Place(string Path, long Line, ImmutableDictionary<string, long> Fields)
{
    public Problem Problem(string field, string what, string whatToDo) => new(
        Fields.GetValueOrDefault(field, Line), Path.Length == 0 ? field : $"{Path}.{field}", what, whatToDo);
}

/// <summary>One thing that is wrong with a file.</summary>
/// <param name="Line">From 1.</param>
public sealed record Problem(long Line, string Where, string What, string WhatToDo)
{
    public override string ToString() => $"line {Line}: {Where}: {What} {WhatToDo}";
}

/// <summary>The file does not describe a cluster that could be; all reasons at once.</summary>
public sealed class DescriptionException(string file, IReadOnlyList<Problem> problems)
    : Exception($"{file} cannot be used:{string.Concat(problems.Select(problem => $"\n  - {problem}"))}")
{
    public IReadOnlyList<Problem> Problems { get; } = problems;
}
