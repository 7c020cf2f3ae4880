using System.Text.Json;
using System.Text.Json.Serialization;
using Kedge.Plans;

namespace Kedge.Recovery.Cleanup;

/// <summary>The facts of a cleanup's plan.</summary>
/// <param name="Run">The run that is cleaned up after.</param>
public sealed record CleanupFacts(string Run)
{
    internal static JsonElement Of(RunId run) => JsonSerializer.SerializeToElement(new CleanupFacts(run.Value), CleanupJsonContext.Default.CleanupFacts);

    /// <exception cref="JsonException">The plan is not a cleanup's.</exception>
    public static CleanupFacts Of(Plan plan) =>
        plan.Facts?.Deserialize(CleanupJsonContext.Default.CleanupFacts) ?? throw new JsonException($"{plan.Title} is not a cleanup.");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CleanupFacts))]
[JsonSerializable(typeof(KeptForPoint))]
sealed partial class CleanupJsonContext : JsonSerializerContext;
