using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.Contracts.V1;

/// <summary>One execution of a plan, in short.</summary>
public sealed record Run
{
    /// <summary>32 hexadecimal digits, in the order of time.</summary>
    public required string Id { get; init; }

    /// <summary>What it does: <c>protect</c>, <c>failover</c>, <c>cleanup</c>, <c>site-loss</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>For a person.</summary>
    public required string Title { get; init; }

    /// <summary>Its workload, or its site.</summary>
    public required string Subject { get; init; }

    /// <summary>How far it is.</summary>
    public required RunPhase Phase { get; init; }

    /// <summary>Who executes it, or executed it last.</summary>
    public required string Owner { get; init; }

    /// <summary>Raised by each take-over.</summary>
    public required long Epoch { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>When it was last heard of.</summary>
    public required DateTimeOffset LastEventAt { get; init; }
}

/// <summary>What a run is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunPhase>))]
public enum RunPhase
{
    /// <summary>Written down, and not begun.</summary>
    Accepted,

    /// <summary>Somebody executes it.</summary>
    Running,

    /// <summary>It should be executed, and its owner is no more: it is gone on with by a mediator, or by hand.</summary>
    Interrupted,

    /// <summary>It needs a person; it can be resumed.</summary>
    Stopped,

    /// <summary>All is done.</summary>
    Finished,

    /// <summary>Given up for good.</summary>
    Abandoned,
}

/// <summary>A run with its steps.</summary>
public sealed record RunDetails
{
    /// <summary>In short.</summary>
    public required Run Run { get; init; }

    /// <summary>Why it stopped or was given up.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was first executed.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was finished or given up.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Steps that are done.</summary>
    public required int StepsDone { get; init; }

    /// <summary>Seconds that the longest path of its steps was expected to take.</summary>
    public required double CriticalPathSeconds { get; init; }

    /// <summary>In the order of the plan.</summary>
    public required IReadOnlyList<RunStep> Steps { get; init; }

    /// <summary>What a failover came to so far; null for other kinds.</summary>
    public FailoverOutcome? Failover { get; init; }

    /// <summary>What a site loss came to so far; null for other kinds.</summary>
    public SiteLossOutcome? SiteLoss { get; init; }
}

/// <summary>One step of a run.</summary>
public sealed record RunStep
{
    /// <summary>Unique in the run.</summary>
    public required string Id { get; init; }

    /// <summary>What it brings about.</summary>
    public required string Kind { get; init; }

    /// <summary>For a person.</summary>
    public required string Title { get; init; }

    /// <summary>How far it is.</summary>
    public required StepPhase Phase { get; init; }

    /// <summary>How often it was begun.</summary>
    public required int Attempts { get; init; }

    /// <summary>Its first start.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was done or stopped.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What was done or found.</summary>
    public string? Note { get; init; }

    /// <summary>What it waits for.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>The last fault that it met and survived.</summary>
    public string? LastFault { get; init; }

    /// <summary>Why it stopped.</summary>
    public string? StopReason { get; init; }

    /// <summary>What a person can do about it.</summary>
    public string? WhatToDo { get; init; }

    /// <summary>What it made, by kind of step.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Calls to clouds, with the request ids over there.</summary>
    public required IReadOnlyList<CloudCall> Calls { get; init; }
}

/// <summary>What a step is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StepPhase>))]
public enum StepPhase
{
    /// <summary>Not begun.</summary>
    Pending,

    /// <summary>Under way.</summary>
    Running,

    /// <summary>Done.</summary>
    Done,

    /// <summary>It needs a person.</summary>
    Stopped,
}

/// <summary>A call that a step made.</summary>
/// <param name="Service">Cloud and service.</param>
/// <param name="RequestId">As the service named it.</param>
public sealed record CloudCall(string Service, string RequestId);

/// <summary>What a failover came to.</summary>
public sealed record FailoverOutcome
{
    /// <summary>The point that was used.</summary>
    public required string Point { get; init; }

    /// <summary>Nothing that was written before it is lost.</summary>
    public required DateTimeOffset DataAt { get; init; }

    /// <summary>Why it was done.</summary>
    public required string Reason { get; init; }

    /// <summary>On whose word.</summary>
    public required string Who { get; init; }

    /// <summary>Age of the data when it was declared.</summary>
    public required double RpoAchievedSeconds { get; init; }

    /// <summary>Until the last server was up and well; null: not yet.</summary>
    public double? RtoAchievedSeconds { get; init; }

    /// <summary>Servers.</summary>
    public required IReadOnlyList<RestoredServer> Servers { get; init; }

    /// <summary>What is not as it was captured, each with its reason.</summary>
    public required IReadOnlyList<string> NotAsCaptured { get; init; }
}

/// <summary>A server at the target.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Id at the source.</param>
/// <param name="Target">Id at the target; null: not made yet.</param>
/// <param name="Addresses">The first address of each port.</param>
/// <param name="UpAt">When it was up.</param>
/// <param name="HealthyAt">When it answered that it is well.</param>
public sealed record RestoredServer(string Name, string Source, string? Target, IReadOnlyList<string> Addresses, DateTimeOffset? UpAt, DateTimeOffset? HealthyAt);

/// <summary>What a declared loss of a site came to.</summary>
/// <param name="Reason">Why it was declared.</param>
/// <param name="Who">On whose word.</param>
/// <param name="Workloads">In the order of urgency.</param>
/// <param name="LeftOut">Workloads that were not begun.</param>
public sealed record SiteLossOutcome(string Reason, string Who, IReadOnlyList<WorkloadRecovery> Workloads, IReadOnlyList<LeftOutWorkload> LeftOut);

/// <summary>What became of a workload of a lost site.</summary>
/// <param name="Workload">Which.</param>
/// <param name="To">Its target.</param>
/// <param name="End"><c>Recovered</c>, <c>ThereAlready</c>, <c>NotReady</c> or <c>Failed</c>; null: not at its end yet.</param>
/// <param name="Run">Its failover.</param>
/// <param name="What">For a person.</param>
public sealed record WorkloadRecovery(string Workload, string To, string? End, string? Run, string? What);

/// <summary>A run was begun, or one that was interrupted is gone on with.</summary>
/// <param name="Run">It.</param>
/// <param name="IsResumed">It had been begun before.</param>
/// <param name="Remarks">What a person should know.</param>
public sealed record RunStarted(Run Run, bool IsResumed, IReadOnlyList<string> Remarks);

/// <summary>The primary is lost: bring the workload up at its target.</summary>
public sealed record FailoverOrder
{
    /// <summary>Why; it stays in the journal.</summary>
    public string? Reason { get; init; }

    /// <summary>The point to recover to; null: the newest usable one.</summary>
    public string? Point { get; init; }

    /// <summary>Begin although readiness names reasons against it, or although a copy is up already.</summary>
    public bool? Force { get; init; }
}

/// <summary>What a failover would begin.</summary>
/// <param name="Interrupted">A run that it would go on with; null: it would begin a new one.</param>
/// <param name="Title">Of the run.</param>
/// <param name="Steps">How many.</param>
/// <param name="CriticalPathSeconds">How long it is expected to take.</param>
/// <param name="Point">Which point is used.</param>
/// <param name="DataAt">What was written after it is lost.</param>
/// <param name="Remarks">What a person should know: reasons that do not block, or were overruled.</param>
public sealed record FailoverPreview(string? Interrupted, string Title, int Steps, double CriticalPathSeconds, string Point, DateTimeOffset DataAt, IReadOnlyList<string> Remarks);

/// <summary>A site is lost: fail over every workload of it whose policy allows it.</summary>
public sealed record SiteLossOrder
{
    /// <summary>Why; it stays in the journal.</summary>
    public required string Reason { get; init; }

    /// <summary>Failovers under way at once at each target, 1 to 1000.</summary>
    public int? AtOnce { get; init; }

    /// <summary>Begin workloads although readiness or quota names reasons against it.</summary>
    public bool? Force { get; init; }
}

/// <summary>Go on with a run.</summary>
public sealed record ResumeOrder
{
    /// <summary>Also when the process that has it still lives.</summary>
    public bool? TakeOver { get; init; }
}

/// <summary>Give a run up for good.</summary>
public sealed record AbandonOrder
{
    /// <summary>Why; it stays in the journal.</summary>
    public string? Reason { get; init; }
}
