using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kedge.Plans;

namespace Kedge.Availability.Changes;

/// <summary>Which node's Pacemaker is spoken to; null: this machine's.</summary>
public sealed record NodeAddress(string? Host, ImmutableArray<string> SshOptions);

/// <summary>The facts of a run that changes a cluster. What it writes is not in the journal, since it may hold passwords, but in <see cref="PartFolder"/>.</summary>
/// <param name="Properties">Cluster properties that it sets.</param>
/// <param name="Known">What Pacemaker found wrong with the CIB before: no reason not to go back to it.</param>
/// <param name="Undoes">The run that is undone; null: an apply.</param>
public sealed record ChangeFacts(
    string Cluster, NodeAddress Node, ImmutableArray<string> Properties, ImmutableArray<string> Known, string BeforeHash, string WantedHash, string? Undoes)
{
    /// <exception cref="JsonException">The plan is not of a change of a cluster.</exception>
    public static ChangeFacts Of(Plan plan) =>
        plan.Facts?.Deserialize(ChangeJsonContext.Default.ChangeFacts) ?? throw new JsonException($"{plan.Title} does not change a cluster.");
}

/// <summary>One step of a change, as it is written into the journal. Kinds are a durable format: arguments are only added.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(WritePart), "write-cluster-part")]
[JsonDerivedType(typeof(WaitUntilSettled), "wait-until-settled")]
[JsonDerivedType(typeof(VerifyServices), "verify-services")]
public abstract record ChangeStep
{
    [JsonIgnore]
    public abstract string Title { get; }

    [JsonIgnore]
    public virtual TimeSpan Expected => TimeSpan.FromSeconds(1);

    [JsonIgnore]
    public virtual TimeSpan Deadline => TimeSpan.FromMinutes(10);

    public abstract Task<StepOutcome> RunAsync(ChangeGround ground, StepRun run, CancellationToken cancel);
}

/// <summary>What a step stands on.</summary>
public sealed record ChangeGround(Pacemaker.Cluster Cluster, PartFolder Parts, ChangeFacts Facts);

/// <summary>Steps to and from the journal.</summary>
public static class ChangeStepJson
{
    internal static JsonElement Write(ChangeStep step) => JsonSerializer.SerializeToElement(step, ChangeJsonContext.Default.ChangeStep);

    /// <exception cref="JsonException">Written by a newer kedge.</exception>
    public static Step Read(PlannedStep planned, ChangeGround ground) => new BoundStep(
        planned.Arguments.Deserialize(ChangeJsonContext.Default.ChangeStep) ?? throw new JsonException($"Step {planned.Id} is empty."), ground);

    sealed record BoundStep(ChangeStep Step, ChangeGround Ground) : Step
    {
        public override Task<StepOutcome> RunAsync(StepRun run, CancellationToken cancel) => Step.RunAsync(Ground, run, cancel);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(ChangeFacts))]
[JsonSerializable(typeof(ChangeStep))]
sealed partial class ChangeJsonContext : JsonSerializerContext;
