using System.Globalization;

namespace Kedge.Availability.Layout;

/// <summary>Durations as pcs, crm and the CIB all read them.</summary>
static class PacemakerTime
{
    public static string Write(TimeSpan time) => time.Ticks % TimeSpan.TicksPerSecond == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalSeconds}s")
        : string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMilliseconds}ms");
}
