using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Network;

/// <summary>Writes "no gateway" as an explicit null.</summary>
internal sealed class SubnetGatewayConverter : JsonConverter<SubnetGateway>
{
    public override SubnetGateway Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString());

    public override void Write(Utf8JsonWriter writer, SubnetGateway value, JsonSerializerOptions options)
    {
        if (value.Address is { } address)
            writer.WriteStringValue(address);
        else
            writer.WriteNullValue();
    }
}
