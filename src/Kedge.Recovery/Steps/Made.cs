using System.Text.Json;
using System.Text.Json.Serialization;
using Kedge.Plans;

namespace Kedge.Recovery.Steps;

/// <summary>The result of a step that makes, or finds, one resource.</summary>
/// <param name="Id">Its id in the cloud where it was made.</param>
/// <param name="Adopted">It was there before the run, and cleanup leaves it alone.</param>
public sealed record Made(string Id, bool Adopted = false)
{
    public StepOutcome Done(string note) => new StepOutcome.Done(note, JsonSerializer.SerializeToElement(this, MadeJsonContext.Default.Made));

    /// <summary>The id made by a step that this one comes after.</summary>
    public static string By(StepRun run, string stepId) => run.ResultOf(stepId, MadeJsonContext.Default.Made).Id;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Made))]
sealed partial class MadeJsonContext : JsonSerializerContext;
