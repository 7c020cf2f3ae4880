using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Compute;

/// <summary>A flavor without swap says <c>""</c> before 2.75.</summary>
internal sealed class SwapConverter : JsonConverter<int>
{
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetInt32() : 0;

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
