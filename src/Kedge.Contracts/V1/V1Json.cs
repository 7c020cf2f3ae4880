using System.Text.Json.Serialization;

namespace Kedge.Contracts.V1;

/// <summary>How the API's records are written: camel case, what is null left out, required fields demanded.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Page<Workload>))]
[JsonSerializable(typeof(Page<Policy>))]
[JsonSerializable(typeof(Page<Run>))]
[JsonSerializable(typeof(Page<Site>))]
[JsonSerializable(typeof(Page<WorkloadStatus>))]
[JsonSerializable(typeof(PointPage))]
[JsonSerializable(typeof(PointDetails))]
[JsonSerializable(typeof(RunDetails))]
[JsonSerializable(typeof(RunStarted))]
[JsonSerializable(typeof(Mapping))]
[JsonSerializable(typeof(SiteAccess))]
[JsonSerializable(typeof(SiteHealth))]
[JsonSerializable(typeof(SiteLossPreview))]
[JsonSerializable(typeof(Readiness))]
[JsonSerializable(typeof(DefinitionHistory))]
[JsonSerializable(typeof(FailoverPreview))]
[JsonSerializable(typeof(FailoverOrder))]
[JsonSerializable(typeof(SiteLossOrder))]
[JsonSerializable(typeof(ResumeOrder))]
[JsonSerializable(typeof(AbandonOrder))]
[JsonSerializable(typeof(Problem))]
public sealed partial class V1Json : JsonSerializerContext;
