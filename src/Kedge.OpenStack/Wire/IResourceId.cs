using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Wire;

/// <summary>An id that a cloud gave: a text at the wire, its own type in code, so that a volume cannot be passed where a server is wanted.</summary>
/// <remarks>Most are UUIDs; flavors, projects and users need not be, and older clouds have others, so no form is demanded.</remarks>
/// <typeparam name="TSelf">The id's own type.</typeparam>
public interface IResourceId<TSelf> where TSelf : struct, IResourceId<TSelf>
{
    /// <summary>The id as the cloud writes it.</summary>
    string Value { get; }

    /// <summary>The id of this text.</summary>
    /// <param name="value">The id as the cloud writes it.</param>
    static abstract TSelf Of(string value);
}

/// <summary>Writes an id as plain text and reads it from text or number; also as a property name.</summary>
/// <typeparam name="T">The id's type.</typeparam>
public sealed class ResourceIdConverter<T> : JsonConverter<T> where T : struct, IResourceId<T>
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => T.Of(reader.GetString()!),
        JsonTokenType.Number => T.Of(System.Text.Encoding.UTF8.GetString(reader.HasValueSequence
            ? System.Buffers.BuffersExtensions.ToArray(reader.ValueSequence)
            : reader.ValueSpan)),
        _ => throw new JsonException($"{typeof(T).Name} expected, {reader.TokenType} found."),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.Value);
    }

    /// <inheritdoc/>
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => T.Of(reader.GetString()!);

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(value.Value);
    }
}
