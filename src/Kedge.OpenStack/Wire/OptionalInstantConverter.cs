using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Wire;

/// <summary>An instant that a service writes as an empty text where there is none.</summary>
internal sealed class OptionalInstantConverter : JsonConverter<DateTimeOffset?>
{
    static readonly UtcInstantConverter instants = new();

    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("") ? null : instants.Read(ref reader, typeof(DateTimeOffset), options);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } instant)
            instants.Write(writer, instant, options);
        else
            writer.WriteNullValue();
    }
}
