using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.Recovery.Workloads;

/// <summary>
/// A duration as a person writes it: days, hours, minutes and seconds, each at most once, largest first, such as <c>15m</c>, <c>24h</c> or
/// <c>1d12h</c>. Also read: <c>00:15:00</c>. docs/formats/workload.md
/// </summary>
sealed class DurationJson : JsonConverter<TimeSpan>
{
    static readonly (char Letter, TimeSpan Unit)[] Units =
        [('d', TimeSpan.FromDays(1)), ('h', TimeSpan.FromHours(1)), ('m', TimeSpan.FromMinutes(1)), ('s', TimeSpan.FromSeconds(1))];

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
        return TryParse(text, out var duration)
            ? duration
            : throw new JsonException($"'{text}' is not a duration: write 30s, 15m, 24h, 7d or 1d12h");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));

    /// <summary>The shortest text that is read back as the same; fractions of a second are dropped.</summary>
    public static string Text(TimeSpan duration)
    {
        var text = new StringBuilder();
        foreach (var (letter, unit) in Units)
        {
            var count = duration.Ticks / unit.Ticks;
            duration -= count * unit;
            if (count > 0)
                text.Append(CultureInfo.InvariantCulture, $"{count}{letter}");
        }
        return text.Length == 0 ? "0s" : text.ToString();
    }

    /// <summary>Durations up to ten years: longer ones are mistakes.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration) && duration >= TimeSpan.Zero;
        var at = 0;
        foreach (var (letter, unit) in Units)
        {
            var digits = at;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]))
                digits++;
            if (digits == at || digits == text.Length || text[digits] != letter)
                continue;
            if (!int.TryParse(text.AsSpan(at, digits - at), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                || count > TimeSpan.FromDays(3653) / unit)
                return false;
            duration += count * unit;
            at = digits + 1;
        }
        return at > 0 && at == text.Length;
    }
}
