using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Kedge.Recovery.Definitions;

/// <summary>What a workload was defined as from one moment on. Stored only where it differs from the one before. docs/formats/points.md</summary>
public sealed record DefinitionVersion
{
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    /// <summary>The moment and the beginning of the blueprint's hash, e.g. <c>20261124T081500Z-3f2a91c0</c>: sorts by time.</summary>
    public required string Id { get; init; }
    public required string Workload { get; init; }
    public required string Site { get; init; }

    /// <summary>Its name in the repository.</summary>
    public required string Blueprint { get; init; }

    /// <summary>When its capture began: what was changed before it is in it.</summary>
    public required DateTimeOffset CapturedAt { get; init; }

    /// <summary>Its servers, so that a list says something.</summary>
    public int Servers { get; init; }
}

/// <summary>The versions of one workload, oldest first.</summary>
/// <param name="Versions">Those that can be read.</param>
/// <param name="Damaged">Names of files that cannot: never chosen.</param>
public sealed record DefinitionList(ImmutableArray<DefinitionVersion> Versions, ImmutableArray<string> Damaged);

/// <summary>How the last look at a workload's definition came out.</summary>
public enum LookOutcome
{
    /// <summary>As it was at the look before.</summary>
    Same,

    /// <summary>A new version was stored.</summary>
    Changed,

    /// <summary>It could not be captured: the version before stays the newest.</summary>
    Failed,
}

/// <summary>The evidence that a definition is followed, and its age.</summary>
public sealed record DefinitionLook
{
    public required string Workload { get; init; }

    /// <summary>Before the first call of the look.</summary>
    public required DateTimeOffset LookedAt { get; init; }
    public required LookOutcome Outcome { get; init; }

    /// <summary>The last look that could see everything; null: none could.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>Id of the newest version; null: none was ever stored.</summary>
    public string? Version { get; init; }

    /// <summary>Why it failed, and what to do; null where it did not.</summary>
    public string? Why { get; init; }

    /// <summary>Looks that failed since the last one that did not.</summary>
    public int FailedInARow { get; init; }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DefinitionVersion))]
[JsonSerializable(typeof(DefinitionLook))]
sealed partial class DefinitionJson : JsonSerializerContext;
