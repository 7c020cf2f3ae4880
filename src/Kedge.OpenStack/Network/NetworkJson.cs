using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Network;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(VirtualNetwork))]
[JsonSerializable(typeof(NewNetwork))]
[JsonSerializable(typeof(Subnet))]
[JsonSerializable(typeof(NewSubnet))]
[JsonSerializable(typeof(Router))]
[JsonSerializable(typeof(NewRouter))]
[JsonSerializable(typeof(ExternalGateway))]
[JsonSerializable(typeof(RouterInterface))]
[JsonSerializable(typeof(Port))]
[JsonSerializable(typeof(NewPort))]
[JsonSerializable(typeof(PortChanges))]
[JsonSerializable(typeof(SecurityGroup))]
[JsonSerializable(typeof(SecurityGroupRule))]
[JsonSerializable(typeof(NewSecurityGroup))]
[JsonSerializable(typeof(NewSecurityGroupRule))]
[JsonSerializable(typeof(FloatingIp))]
[JsonSerializable(typeof(NewFloatingIp))]
[JsonSerializable(typeof(QuotaUse))]
[JsonSerializable(typeof(NetworkAddresses))]
[JsonSerializable(typeof(NetworkExtension))]
[JsonSerializable(typeof(IReadOnlyList<Route>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class NetworkJson : JsonSerializerContext;
