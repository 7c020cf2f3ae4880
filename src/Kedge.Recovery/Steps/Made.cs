using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kedge.Plans;

namespace Kedge.Recovery.Steps;

/// <summary>The result of a step that makes, or finds, one resource.</summary>
/// <param name="Id">Its id in the cloud where it was made.</param>
/// <param name="Adopted">It was there before the run, and cleanup leaves it alone.</param>
public sealed record Made(string Id, bool Adopted = false)
{
    /// <summary>The address that it got, where that is what people ask for: of floating IPs, routers and ports.</summary>
    public string? Address { get; init; }

    /// <summary>What of it is not as it was captured, and why; whole sentences.</summary>
    public ImmutableArray<string> NotAsCaptured { get => field.IsDefault ? [] : field; init; } = [];

    public StepOutcome Done(string note) => new StepOutcome.Done(note, JsonSerializer.SerializeToElement(this, MadeJsonContext.Default.Made));

    /// <summary>The id made by a step that this one comes after.</summary>
    public static string By(StepRun run, string stepId) => ResultOf(run, stepId).Id;

    /// <inheritdoc cref="By"/>
    public static Made ResultOf(StepRun run, string stepId) => run.ResultOf(stepId, MadeJsonContext.Default.Made);

    /// <summary>The result of a step of a run, where it is of this kind; null: none yet, or another.</summary>
    public static Made? Of(StepState step) =>
        step.Result is { ValueKind: JsonValueKind.Object } result && result.TryGetProperty("id", out _) ? result.Deserialize(MadeJsonContext.Default.Made) : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Made))]
sealed partial class MadeJsonContext : JsonSerializerContext;
