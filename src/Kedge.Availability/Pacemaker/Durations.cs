using System.Globalization;

namespace Kedge.Availability.Pacemaker;

/// <summary>Durations as Pacemaker writes them: a bare number is seconds; ms, s, sec, m, min, h.</summary>
static class Durations
{
    /// <summary>Null for what is not given, or not understood (ISO 8601 durations among them).</summary>
    public static TimeSpan? Read(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var digits = text.Trim();
        var end = digits.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var unit = end < 0 ? "s" : digits[end..].Trim();
        if (!long.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > int.MaxValue)
            return null;
        return unit switch
        {
            "ms" or "msec" => TimeSpan.FromMilliseconds(number),
            "s" or "sec" => TimeSpan.FromSeconds(number),
            "m" or "min" => TimeSpan.FromMinutes(number),
            "h" or "hr" => TimeSpan.FromHours(number),
            _ => null,
        };
    }
}
