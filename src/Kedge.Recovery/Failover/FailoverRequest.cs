using System.Text.Json.Serialization;
using Kedge.Plans;
using System.Text.Json;
using Kedge.Recovery.Points;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Failover;

/// <summary>Why a failover is done, and on whose word: both are evidence and stay in the journal.</summary>
public sealed record FailoverRequest(string Reason, string Who);

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

    internal static FailoverFacts Of(Workload workload, RecoveryPoint point, FailoverRequest request) => new()
    {
        Point = point.Id,
        DataAt = point.DataAt,
        From = workload.From,
        To = workload.To,
        Reason = request.Reason,
        Who = request.Who,
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
