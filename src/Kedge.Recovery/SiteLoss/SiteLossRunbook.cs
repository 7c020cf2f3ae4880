using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kedge.Plans;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.SiteLoss;

/// <summary>Why a site is given up, on whose word, and how boldly.</summary>
/// <param name="AtOnce">Failovers under way at once at each target, at least 1: what a target is asked to build is what it can build.</param>
/// <param name="IsForced">Begin workloads although readiness, or the target's quota, names reasons against it.</param>
public sealed record SiteLossRequest(string Reason, string Who, int AtOnce = SiteLossRequest.UsuallyAtOnce, bool IsForced = false)
{
    /// <summary>Each failover keeps up to 256 things of one service under way: eight of them fill the queues of a cloud of some hundred hosts.</summary>
    public const int UsuallyAtOnce = 8;
}

/// <summary>
/// A whole site is lost: its workloads are failed over, the highest priority and then the most urgent RTO first. A step for each workload
/// begins the workload's own failover, under the workload's own key, and follows it. The steps wait for nothing but for a place, and none of
/// them stops the run: what became of a workload is its result.
/// </summary>
public static class SiteLossRunbook
{
    public const string Kind = "site-loss";

    /// <summary>A site is lost once at a time.</summary>
    public static string ExclusiveKey(string site) => $"site/{site}";

    /// <param name="preview">What was shown to whoever decided.</param>
    public static Plan Write(SiteLossPreview preview, SiteLossRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.AtOnce, 1);
        var book = new Runbook();
        foreach (var loss in preview.Begun(request.IsForced))
            book.Add(StepOf(loss.Workload), new RecoverWorkload(loss.Workload, loss.To, loss.Point, request.Reason, request.Who, request.IsForced), []);
        var facts = new SiteLossFacts
        {
            Site = preview.Site,
            Reason = request.Reason,
            Who = request.Who,
            AtOnce = request.AtOnce,
            IsForced = request.IsForced,
            LeftOut = preview.LeftOutFinally(request.IsForced),
        };
        return Plan.Create(
            Kind, $"Recover {book.Steps.Length} workloads of the lost site {preview.Site}", preview.Site, book.Steps,
            JsonSerializer.SerializeToElement(facts, SiteLossJson.Default.SiteLossFacts));
    }

    public static string StepOf(string workload) => $"workload/{workload}";
}

/// <summary>What was known when a site was declared lost; the facts of its plan.</summary>
public sealed record SiteLossFacts
{
    public required string Site { get; init; }
    public required string Reason { get; init; }
    public required string Who { get; init; }
    public required int AtOnce { get; init; }
    public required bool IsForced { get; init; }
    public ImmutableArray<LeftOutWorkload> LeftOut { get => field.IsDefault ? [] : field; init; }

    /// <exception cref="JsonException">The plan is not a site loss's.</exception>
    public static SiteLossFacts Of(Plan plan) => plan is { Kind: SiteLossRunbook.Kind, Facts: { } facts }
        ? facts.Deserialize(SiteLossJson.Default.SiteLossFacts) ?? throw new JsonException("The facts of the site loss are empty.")
        : throw new JsonException($"{plan.Title} is not a site loss.");
}

/// <summary>Why nothing is begun for a workload.</summary>
public enum LeftOutBecause
{
    /// <summary>That is what its owner wants.</summary>
    Policy,

    /// <summary>An earlier failover has brought it up.</summary>
    ThereAlready,

    /// <summary>An earlier failover was given up and left a part of a copy.</summary>
    GivenUp,

    /// <summary>The target's quota does not hold it.</summary>
    NoRoom,

    /// <summary>Its record is broken.</summary>
    Unreadable,
}

/// <summary>A workload of the site that is not begun.</summary>
public sealed record LeftOutWorkload(string Workload, string Why, LeftOutBecause Because)
{
    /// <summary>It should be up elsewhere, and is not.</summary>
    [JsonIgnore]
    public bool IsMissed => Because is not (LeftOutBecause.Policy or LeftOutBecause.ThereAlready);
}

/// <summary>What became of a workload of a lost site.</summary>
public enum RecoveryEnd
{
    Recovered,

    /// <summary>An earlier failover had brought it up already.</summary>
    ThereAlready,

    /// <summary>Nothing was begun: there are reasons against it.</summary>
    NotReady,

    /// <summary>Its failover stopped or was given up; it can be resumed by itself.</summary>
    Failed,
}

/// <param name="Run">Its failover; null where none was begun.</param>
/// <param name="What">One line for a person.</param>
public sealed record WorkloadEnd(RecoveryEnd End, string? Run, string What);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SiteLossFacts))]
[JsonSerializable(typeof(WorkloadEnd))]
sealed partial class SiteLossJson : JsonSerializerContext;
