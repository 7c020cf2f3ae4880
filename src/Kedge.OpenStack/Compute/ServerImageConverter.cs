using System.Text.Json;
using System.Text.Json.Serialization;
using Kedge.OpenStack.Images;

namespace Kedge.OpenStack.Compute;

/// <summary>The image inside a server is an object, or an empty string for a server booted from a volume.</summary>
internal sealed class ServerImageConverter : JsonConverter<ImageId?>
{
    public override ImageId? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var image = JsonDocument.ParseValue(ref reader);
        return image.RootElement.ValueKind == JsonValueKind.Object && image.RootElement.TryGetProperty("id", out var id) && id.GetString() is { } text
            ? new ImageId(text)
            : null;
    }

    public override void Write(Utf8JsonWriter writer, ImageId? value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        if (value is { } id)
            writer.WriteString("id", id.Value);
        writer.WriteEndObject();
    }
}
