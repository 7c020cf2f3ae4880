using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Policies;

/// <summary>How well workloads are protected: written once, named by many. Format: docs/formats/policy.md.</summary>
public sealed record Policy
{
    public required string Name { get; init; }

    /// <summary>So much data may be lost.</summary>
    public TimeSpan Rpo { get => field == TimeSpan.Zero ? TimeSpan.FromHours(24) : field; init; }

    /// <summary>So long a recovery may take; null: nobody said.</summary>
    public TimeSpan? Rto { get; init; }
    public ProtectionMethod Method { get; init; }
    public RetentionPolicy Retention { get => field ?? new(); init; }

    /// <summary>When points may be begun; empty: at any time.</summary>
    public ImmutableArray<ProtectionWindow> Windows { get => field.IsDefault ? [] : field; init; }
}

/// <summary>How data is copied.</summary>
public enum ProtectionMethod
{
    /// <summary>By the backup services of the clouds, over a store that both reach.</summary>
    Backup,
}

/// <summary>A part of the day, UTC. <see cref="To"/> before <see cref="From"/> is on the next day; equal: all day.</summary>
public sealed record ProtectionWindow
{
    public required TimeOnly From { get; init; }
    public required TimeOnly To { get; init; }

    /// <summary>On which it opens; empty: every day.</summary>
    public ImmutableArray<DayOfWeek> Days { get => field.IsDefault ? [] : field; init; }

    internal TimeSpan Length => To > From ? To - From : TimeSpan.FromDays(1) - (From - To);

    internal bool OpensOn(DayOfWeek day) => Days.IsEmpty || Days.Contains(day);
}

/// <summary>Policies as files.</summary>
public static class PolicyFile
{
    /// <param name="path">Folder of the files, one for each policy.</param>
    public static RecordFolder<Policy> In(string path) => new(path, PolicyJsonContext.Default.Policy, "policy");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(DurationJson), typeof(TimeOfDayJson)])]
[JsonSerializable(typeof(Policy))]
sealed partial class PolicyJsonContext : JsonSerializerContext;
