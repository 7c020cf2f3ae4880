using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Wire;

/// <summary>Booleans that arrive as <c>"True"</c>, <c>"true"</c>, <c>""</c> or null: Nova's config_drive, Cinder's bootable.</summary>
internal sealed class LooseBooleanConverter : JsonConverter<bool>
{
    public override bool HandleNull => true;

    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.String => string.Equals(reader.GetString(), "true", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);
}
