using System.Text.Json.Serialization;

namespace Kedge.Contracts.Moving;

/// <summary>How orders and statuses are written: camel case, unknown fields refused, required ones demanded.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MoveOrder))]
[JsonSerializable(typeof(MoveStatus))]
[JsonSerializable(typeof(MoveResult))]
[JsonSerializable(typeof(MoverOffer))]
[JsonSerializable(typeof(MoveLease))]
[JsonSerializable(typeof(MoveReport))]
[JsonSerializable(typeof(ReportReceipt))]
public sealed partial class MoveJson : JsonSerializerContext;
