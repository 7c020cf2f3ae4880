using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Orchestration;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(Stack))]
[JsonSerializable(typeof(StackResource))]
internal sealed partial class OrchestrationJson : JsonSerializerContext;
