using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Images;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(Image))]
[JsonSerializable(typeof(NewImage))]
internal sealed partial class ImagesJson : JsonSerializerContext;
