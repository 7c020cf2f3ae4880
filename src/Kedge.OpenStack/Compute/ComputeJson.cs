using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Compute;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(Server))]
[JsonSerializable(typeof(NewServer))]
[JsonSerializable(typeof(Flavor))]
[JsonSerializable(typeof(Keypair))]
[JsonSerializable(typeof(ServerGroup))]
[JsonSerializable(typeof(NewServerGroup))]
[JsonSerializable(typeof(NewKeypair))]
[JsonSerializable(typeof(VolumeAttachment))]
[JsonSerializable(typeof(InterfaceAttachment))]
[JsonSerializable(typeof(ComputeLimits))]
[JsonSerializable(typeof(ComputeService))]
[JsonSerializable(typeof(Hypervisor))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class ComputeJson : JsonSerializerContext;
