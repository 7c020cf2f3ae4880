using System.Globalization;
using Kedge.Contracts.Moving;

namespace Kedge.Recovery.Moving;

/// <summary>Ranges that are not what they should be, for people.</summary>
static class Mismatches
{
    const int MostNamed = 8;

    public static string Text(MoveResult result) =>
        string.Join(", ", result.Mismatches.Take(MostNamed).Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.OffsetBytes}+{range.LengthBytes}")))
        + (result.Mismatches.Length > MostNamed ? $" and {result.Mismatches.Length - MostNamed} more ranges" : "");
}
