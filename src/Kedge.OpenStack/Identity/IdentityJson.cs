using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Identity;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(TokenDetails))]
[JsonSerializable(typeof(Project))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(ApplicationCredential))]
[JsonSerializable(typeof(NewApplicationCredential))]
[JsonSerializable(typeof(Role))]
internal sealed partial class IdentityJson : JsonSerializerContext;
