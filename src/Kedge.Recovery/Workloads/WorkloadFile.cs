using System.Text.Json.Serialization;
using Kedge.Recovery.Formats;

namespace Kedge.Recovery.Workloads;

/// <summary>Workloads as files that a person reads and edits. Format: docs/formats/workload.md.</summary>
public static class WorkloadFile
{
    /// <param name="path">Folder of the files, one for each workload.</param>
    public static RecordFolder<Workload> In(string path) => new(path, WorkloadJsonContext.Default.Workload, "workload");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(DurationJson), typeof(WorkloadSelectionJson), typeof(HealthCheckJson)])]
[JsonSerializable(typeof(Workload))]
sealed partial class WorkloadJsonContext : JsonSerializerContext;
