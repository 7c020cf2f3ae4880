using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Kedge.OpenStack.Http;

/// <summary>A microversion such as 2.96. Compared number by number: 2.100 is newer than 2.96.</summary>
/// <param name="Major">Before the dot.</param>
/// <param name="Minor">After the dot.</param>
public readonly record struct Microversion(int Major, int Minor) : IComparable<Microversion>
{
    /// <summary>Reads <c>2.96</c>.</summary>
    /// <param name="text">What to read.</param>
    /// <param name="version">What was read.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out Microversion version)
    {
        version = default;
        if (text?.Split('.') is not [var major, var minor]
            || !int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var before)
            || !int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var after))
        {
            return false;
        }

        version = new(before, after);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(Microversion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    /// <summary>Older than.</summary>
    public static bool operator <(Microversion left, Microversion right) => left.CompareTo(right) < 0;

    /// <summary>Newer than.</summary>
    public static bool operator >(Microversion left, Microversion right) => left.CompareTo(right) > 0;

    /// <summary>Older than, or the same.</summary>
    public static bool operator <=(Microversion left, Microversion right) => left.CompareTo(right) <= 0;

    /// <summary>Newer than, or the same.</summary>
    public static bool operator >=(Microversion left, Microversion right) => left.CompareTo(right) >= 0;

    /// <summary>As in the header: <c>2.96</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
