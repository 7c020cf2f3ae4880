using System.Globalization;

namespace Kedge.Sandbox.Wire;

/// <summary>The two ways in which OpenStack writes an instant; both are UTC.</summary>
static class Stamp
{
    /// <summary>Nova, Neutron, Glance, Heat: <c>2026-01-31T12:00:00Z</c>.</summary>
    public static string Seconds(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Cinder and extensions: <c>2026-01-31T12:00:00.000000</c>, without a zone.</summary>
    public static string Bare(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    /// <summary>Keystone: with microseconds and zone.</summary>
    public static string Micro(DateTimeOffset at) => Bare(at) + "Z";

    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var at)
            ? at
            : throw ApiFault.Bad($"Invalid time '{text}'.");
}
