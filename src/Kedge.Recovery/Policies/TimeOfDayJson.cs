using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.Recovery.Policies;

/// <summary>A time of the day as a person writes it: <c>22:00</c>.</summary>
sealed class TimeOfDayJson : JsonConverter<TimeOnly>
{
    public override TimeOnly Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TimeOnly.TryParseExact(reader.GetString(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new JsonException("a time of the day is wanted, UTC, in quotes: '22:00'");

    public override void Write(Utf8JsonWriter writer, TimeOnly value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString("HH:mm", CultureInfo.InvariantCulture));
}
