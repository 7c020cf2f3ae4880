using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kedge.Plans;

/// <summary>What a step is given for one look at the world. Made anew for each call.</summary>
public sealed class StepRun
{
    public required RunId Run { get; init; }

    public required PlannedStep Step { get; init; }

    /// <summary>From 1; grows with every fault and every restart, not with every look.</summary>
    public required int Attempt { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>When the step was started this time; a restart of the process starts it anew.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The result of a step that is done, null otherwise.</summary>
    public Func<string, JsonElement?> Results { get; init; } = static _ => null;

    /// <summary>Hears <see cref="Progress"/>; shown, not journaled.</summary>
    public Action<string, double?> Watch { get; init; } = static (_, _) => { };

    /// <summary>Hears <see cref="Called"/>.</summary>
    public Action<ServiceCall> Calls { get; init; } = static _ => { };

    /// <summary>The run's mark for resources that this run makes: the 32 hex digits of its id.</summary>
    public string Mark => Run.Value;

    /// <summary>The step's mark: 12 hex digits, the same in every run of the same plan. Together with <see cref="Mark"/> it is unique.</summary>
    public string StepMark => Step.Mark;

    /// <exception cref="InvalidOperationException">That step is not done or left no result: the plan forgot to come after it.</exception>
    public T ResultOf<T>(string stepId, JsonTypeInfo<T> type)
    {
        var result = FindResult(stepId) ?? throw new InvalidOperationException(
            $"{Step.Id} needs the result of {stepId}, which has none yet; the plan must let it come after that step.");
        return result.Deserialize(type) ?? throw new InvalidOperationException($"The result of {stepId} is null.");
    }

    public JsonElement? FindResult(string stepId) => Results(stepId);

    /// <summary>For the eyes only: "3.2 of 10 GiB". Call it as often as you like.</summary>
    /// <param name="text">What is happening.</param>
    /// <param name="fraction">0 to 1, null when unknown.</param>
    public void Progress(string text, double? fraction = null) => Watch(text, fraction);

    /// <summary>Attaches the request id of a call to the journal of this step.</summary>
    public void Called(string service, string requestId) => Calls(new ServiceCall(service, requestId));
}
