using System.Collections.Immutable;
using System.Globalization;

namespace Kedge.Mover.Settings;

/// <summary>A limit by the time of day. The first window that fits counts; outside of all there is none.</summary>
public sealed record BandwidthSchedule(ImmutableArray<BandwidthWindow> Windows)
{
    /// <summary>Slower than this, a writer's lease in the repository could not be kept.</summary>
    public const long LeastBytesPerSecond = 128 << 10;

    /// <summary>No limit at any time.</summary>
    public static BandwidthSchedule Unlimited { get; } = new([]);

    /// <summary>Bytes per second at that moment, by the clock of the mover's own time zone; null: no limit.</summary>
    public long? LimitAt(DateTimeOffset moment)
    {
        var time = TimeOnly.FromTimeSpan(moment.TimeOfDay);
        foreach (var window in Windows)
        {
            if (window.Holds(moment.DayOfWeek, time)) return window.BytesPerSecond;
        }
        return null;
    }

    /// <summary>Reads <c>Mon-Fri 08:00-18:00</c>, <c>22:00-06:00</c> or <c>always</c>, and <c>20 MiB</c> (per second) or <c>unlimited</c>; answers what is wrong in <paramref name="problem"/>.</summary>
    public static BandwidthWindow? FindWindow(string when, string limit, out string? problem)
    {
        problem = null;
        if (!TryBytes(limit, out var bytes)) problem = $"'{limit}' is not a limit: write a number and KiB, MiB or GiB (per second), or 'unlimited'.";
        else if (bytes < LeastBytesPerSecond) problem = $"'{limit}' is too little: {LeastBytesPerSecond >> 10} KiB per second is the least with which a transfer stays alive.";
        else if (FindDaysAndTimes(when) is var (days, from, to)) return new BandwidthWindow(days, from, to, bytes);
        else problem = $"'{when}' is not a time: write 'Mon-Fri 08:00-18:00', '22:00-06:00' or 'always'.";
        return null;
    }

    static (ImmutableArray<DayOfWeek> Days, TimeOnly From, TimeOnly To)? FindDaysAndTimes(string when)
    {
        var parts = when.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["always"]) return ([], TimeOnly.MinValue, TimeOnly.MinValue);
        var times = parts is [.., var last] ? last.Split('-') : [];
        if (parts.Length is not (1 or 2) || times.Length != 2 || !TryTime(times[0], out var from) || !TryTime(times[1], out var to)) return null;
        if (parts.Length == 1) return ([], from, to);
        return FindDays(parts[0]) is { } days ? (days, from, to) : null;
    }

    static ImmutableArray<DayOfWeek>? FindDays(string text)
    {
        var ends = text.Split('-');
        var first = FindDay(ends[0]);
        var last = FindDay(ends[^1]);
        if (ends.Length > 2 || first is null || last is null) return null;
        var days = ImmutableArray.CreateBuilder<DayOfWeek>();
        for (var day = first.Value; ; day = (DayOfWeek)(((int)day + 1) % 7))
        {
            days.Add(day);
            if (day == last) return days.ToImmutable();
        }
    }

    static DayOfWeek? FindDay(string text)
    {
        foreach (var day in Enum.GetValues<DayOfWeek>())
        {
            if (text.Length == 3 && day.ToString().StartsWith(text, StringComparison.OrdinalIgnoreCase)) return day;
        }
        return null;
    }

    static bool TryTime(string text, out TimeOnly time)
    {
        time = TimeOnly.MinValue;
        return text == "24:00" || TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    static bool TryBytes(string text, out long bytes)
    {
        bytes = long.MaxValue;
        if (text == "unlimited") return true;
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var unit = parts is [_, var name] ? name switch { "KiB" => 10, "MiB" => 20, "GiB" => 30, _ => 0 } : 0;
        if (unit == 0 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
        bytes = (long)count << unit;
        return true;
    }
}

/// <summary>A time of the week and its limit.</summary>
/// <param name="Days">The days on which it begins; empty: every day.</param>
/// <param name="From">When it begins.</param>
/// <param name="To">When it ends; not later than the beginning: on the day after.</param>
/// <param name="BytesPerSecond">The limit; <see cref="long.MaxValue"/>: none.</param>
public sealed record BandwidthWindow(ImmutableArray<DayOfWeek> Days, TimeOnly From, TimeOnly To, long BytesPerSecond)
{
    /// <summary>Whether the moment is within it.</summary>
    public bool Holds(DayOfWeek day, TimeOnly time)
    {
        if (From < To) return IsOn(day) && time >= From && time < To;
        var yesterday = (DayOfWeek)(((int)day + 6) % 7);
        return (IsOn(day) && time >= From) || (IsOn(yesterday) && time < To);
    }

    bool IsOn(DayOfWeek day) => Days.IsEmpty || Days.Contains(day);
}
