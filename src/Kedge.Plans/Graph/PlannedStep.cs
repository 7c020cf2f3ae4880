using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.Plans;

/// <summary>
/// A step as it is written down when its run is accepted: plain values only, so that a later version of the program, or another
/// mediator, resumes exactly this step and never one rebuilt from changed inputs.
/// </summary>
public sealed record PlannedStep
{
    /// <summary>Unique in its plan, readable, stable: "port/web-eth0/3f2a". At most 200 characters.</summary>
    public required string Id { get; init; }

    /// <summary>What reads it back into a <see cref="Step"/>: "create-port".</summary>
    public required string Kind { get; init; }

    /// <summary>What a person would say: "Create port web-eth0 with 10.0.0.5 and fa:16:3e:…".</summary>
    public required string Title { get; init; }

    /// <summary>Everything the step needs besides the results of the steps before it. No secrets: the journal is read by operators.</summary>
    public required JsonElement Arguments
    {
        get;
        init => field = value.ValueKind is JsonValueKind.Undefined ? JsonElement.Parse("{}") : value;
    }

    /// <summary>The ids of the steps that must be done before this one starts.</summary>
    public ImmutableArray<string> After { get => field.IsDefault ? [] : field; init; }

    /// <summary>Names of the limits it occupies while it runs, for instance "B/compute".</summary>
    public ImmutableArray<string> Lanes { get => field.IsDefault ? [] : field; init; }

    /// <summary>How long it probably takes; only the order in which ready steps start depends on it.</summary>
    public required TimeSpan Expected { get; init; }

    /// <summary>
    /// How long it may take, counted from each start of the step; time in which the world was unreachable does not count.
    /// </summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>Higher first among steps with equally long ways to go.</summary>
    public int Priority { get; init; }

    /// <summary>Twelve hex digits of the hash of <see cref="Id"/>: short enough for tags, stable across versions.</summary>
    [JsonIgnore]
    public string Mark => MarkOf(Id);

    internal static string MarkOf(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..12];
}
