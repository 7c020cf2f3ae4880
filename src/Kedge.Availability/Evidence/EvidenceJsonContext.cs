using System.Text.Json.Serialization;
using Kedge.Availability.Drills;
using Kedge.Availability.Events;
using Kedge.Availability.Fencing;

namespace Kedge.Availability.Evidence;

/// <summary>How records are written: names in snake_case, enumerations as words, nothing for null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClusterEvent))]
[JsonSerializable(typeof(FenceProof))]
[JsonSerializable(typeof(DrillResult))]
sealed partial class EvidenceJsonContext : JsonSerializerContext;
