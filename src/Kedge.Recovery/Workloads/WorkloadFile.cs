using System.Text.Json.Serialization;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Policies;

namespace Kedge.Recovery.Workloads;

/// <summary>Workloads as files that a person reads and edits. Format: docs/formats/workload.md.</summary>
public static class WorkloadFile
{
    /// <param name="path">Folder of the files, one for each workload.</param>
    public static RecordFolder<Workload> In(string path) => new(path, WorkloadJsonContext.Default.Workload, "workload");

    /// <inheritdoc cref="In(string)"/>
    /// <param name="policies">Where the policies lie that workloads name: each is read with its own.</param>
    public static RecordFolder<Workload> In(string path, RecordFolder<Policy> policies) => new(path, WorkloadJsonContext.Default.Workload, "workload")
    {
        Complete = async (workload, cancel) => workload.Policy is not { } name ? workload : workload with
        {
            Named = await policies.FindAsync(name, cancel)
                ?? throw new RecordException($"Workload {workload.Name} names policy {name}, and there is none: kedge policy create {name}"),
        },
    };
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
