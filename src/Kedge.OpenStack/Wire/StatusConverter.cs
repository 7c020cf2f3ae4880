using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Wire;

/// <summary>
/// Reads a state as the clouds spell it (<c>SHELVED_OFFLOADED</c>, <c>in-use</c>) into the enum of the same letters.
/// What this library does not know becomes the enum's zero, <c>Unrecognized</c>: a newer cloud must not break a capture.
/// </summary>
/// <typeparam name="T">An enum whose zero is <c>Unrecognized</c>.</typeparam>
public sealed class StatusConverter<T> : JsonConverter<T> where T : struct, Enum
{
    static readonly Dictionary<string, T> Known = Enum.GetValues<T>().ToDictionary(value => value.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt32(out var number) && Enum.IsDefined(typeof(T), number) ? (T)Enum.ToObject(typeof(T), number) : default;
        if (reader.TokenType is not JsonTokenType.String)
            return default;
        var letters = string.Concat(reader.GetString()!.Where(char.IsLetterOrDigit));
        return Known.GetValueOrDefault(letters);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}
