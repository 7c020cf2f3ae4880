using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kedge.Plans;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Points;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Failover;

/// <summary>Why a failover is done, and on whose word: both are evidence and stay in the journal.</summary>
public sealed record FailoverRequest(string Reason, string Who)
{
    /// <summary>What is made of the point's data; null: what the point itself says.</summary>
    public ChosenDefinition? Definition { get; init; }
}

/// <summary>What was known when a failover was declared; the facts of its plan.</summary>
public sealed record FailoverFacts
{
    public required string Point { get; init; }

    /// <summary>Nothing that was written before it is lost.</summary>
    public required DateTimeOffset DataAt { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public required string Reason { get; init; }
    public required string Who { get; init; }

    /// <summary>Since when the workload was defined as it is restored; null: written by a kedge that knew only the point's definition.</summary>
    public DateTimeOffset? DefinitionAt { get; init; }

    /// <summary>What of the workload is not as its newest definition or its point has it, known before the first step.</summary>
    public ImmutableArray<string> Remarks { get => field.IsDefault ? [] : field; init; }

    internal static FailoverFacts Of(Workload workload, RecoveryPoint point, FailoverRequest request) => new()
    {
        Point = point.Id,
        DataAt = point.DataAt,
        From = workload.From,
        To = workload.To,
        Reason = request.Reason,
        Who = request.Who,
        DefinitionAt = request.Definition?.At ?? point.BlueprintAt,
        Remarks = request.Definition?.Remarks ?? [],
    };

    /// <exception cref="JsonException">The plan is not a failover's.</exception>
    public static FailoverFacts Of(Plan plan) => plan is { Kind: FailoverRunbook.Kind, Facts: { } facts }
        ? facts.Deserialize(FailoverJsonContext.Default.FailoverFacts) ?? throw new JsonException("The facts of the failover are empty.")
        : throw new JsonException($"{plan.Title} is not a failover.");

    internal JsonElement ToJson() => JsonSerializer.SerializeToElement(this, FailoverJsonContext.Default.FailoverFacts);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FailoverFacts))]
sealed partial class FailoverJsonContext : JsonSerializerContext;
