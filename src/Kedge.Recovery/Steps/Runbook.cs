using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Steps;

/// <summary>Where a runbook function writes its steps; it runs once, and what it wrote is what a restart resumes.</summary>
sealed class Runbook
{
    readonly ImmutableArray<PlannedStep>.Builder steps = ImmutableArray.CreateBuilder<PlannedStep>();

    public ImmutableArray<PlannedStep> Steps => steps.ToImmutable();

    /// <summary>The steps that nothing comes after: what comes after these comes after everything.</summary>
    public IEnumerable<string> Last()
    {
        var before = steps.SelectMany(s => s.After).ToHashSet();
        return [.. steps.Select(s => s.Id).Where(id => !before.Contains(id))];
    }

    /// <summary>Writes a step and answers its id, for those that come after it.</summary>
    public string Add(string id, RecoveryStep step, IEnumerable<string> after, int priority = 0)
    {
        var arguments = RecoveryStepJson.Write(step);
        steps.Add(new PlannedStep
        {
            Id = id,
            Kind = RecoveryStepJson.KindOf(arguments),
            Title = step.Title,
            Arguments = arguments,
            After = [.. step.Needs.Concat(after).Distinct()],
            Lanes = [.. step.Lanes],
            Expected = step.Expected,
            Deadline = step.Deadline,
            Priority = priority,
        });
        return id;
    }
}

/// <summary>Steps to and from the journal.</summary>
public static class RecoveryStepJson
{
    public static JsonElement Write(RecoveryStep step) =>
        JsonSerializer.SerializeToElement(step, RecoveryStepJsonContext.Default.RecoveryStep);

    public static string KindOf(RecoveryStep step) => KindOf(Write(step));

    internal static string KindOf(JsonElement step) => step.GetProperty("kind").GetString()!;

    /// <summary>The step of a plan, ready to run against these sites.</summary>
    /// <exception cref="JsonException">Written by a newer kedge.</exception>
    public static Step Read(PlannedStep planned, SiteSet sites) => new BoundStep(Parse(planned), sites);

    /// <inheritdoc cref="Read"/>
    public static RecoveryStep Parse(PlannedStep planned) =>
        planned.Arguments.Deserialize(RecoveryStepJsonContext.Default.RecoveryStep) ?? throw new JsonException($"Step {planned.Id} is empty.");

    sealed record BoundStep(RecoveryStep Step, SiteSet Sites) : Step
    {
        /// <summary>Every call that the step makes is told to the journal, under the id by which the cloud logged it.</summary>
        public override async Task<StepOutcome> RunAsync(StepRun run, CancellationToken cancel)
        {
            using var log = Cloud.Record();
            try
            {
                return await Step.RunAsync(Sites, run, cancel);
            }
            finally
            {
                foreach (var call in log.Calls.Where(call => call.RequestId is not null))
                    run.Called(call.Service, call.RequestId!);
            }
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(RecoveryStep))]
sealed partial class RecoveryStepJsonContext : JsonSerializerContext;
