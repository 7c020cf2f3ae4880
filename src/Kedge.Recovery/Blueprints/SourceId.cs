using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.Recovery.Blueprints;

/// <summary>
/// The id that a resource has, or had, in the cloud it was captured from. A type of its own, so that it can never be passed to the
/// target cloud, where the same resource has another id: what it became there is asked of the run (StepIds).
/// </summary>
[JsonConverter(typeof(SourceIdJson))]
public readonly record struct SourceId(string Value) : IComparable<SourceId>
{
    public int CompareTo(SourceId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

sealed class SourceIdJson : JsonConverter<SourceId>
{
    public override SourceId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("An id is missing."));

    public override void Write(Utf8JsonWriter writer, SourceId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
