using System.Globalization;
using Kedge.Blocks.Keys;

namespace Kedge.Blocks;

/// <summary>Where things stand in a store (format, section 1).</summary>
static class Names
{
    public const string Format = "format";
    public const string Keys = "keys/";
    public const string Packs = "packs/";
    public const string Indexes = "indexes/";
    public const string Points = "points/";
    public const string Forgotten = "forgotten/";
    public const string Sessions = "sessions/";
    public const string Condemned = "condemned/";
    public const string Locks = "locks/";
    public const string PruneLocks = Locks + "prune/";

    public static string Key(ObjectId id) => Keys + id;

    public static string Pack(ObjectId id)
    {
        var hex = id.ToString();
        return $"{Packs}{hex[..2]}/{hex}";
    }

    public static string Index(ObjectId id) => Indexes + id;

    public static string Point(string series, long sequence) => $"{Points}{Checked(series)}/{sequence:D8}";

    public static string ForgottenPoint(string series, long sequence) => $"{Forgotten}{Checked(series)}/{sequence:D8}";

    public static string Session(ObjectId id, int renewal) => $"{Sessions}{id}/{renewal}";

    public static string LastPart(string name) => name[(name.LastIndexOf('/') + 1)..];

    public static ObjectId IdIn(string name) =>
        ObjectId.FindIn(LastPart(name)) ?? throw RepositoryException.Damaged(name, "its name is not an id");

    /// <summary>The sequence in a point's name; null when it is none.</summary>
    public static long? FindSequence(string name)
    {
        var part = LastPart(name);
        return part.Length >= 8 && long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence >= 1 && part == sequence.ToString("D8", CultureInfo.InvariantCulture)
            ? sequence
            : null;
    }

    public static string Checked(string series)
    {
        var fits = series.Length is >= 1 and <= 64;
        foreach (var c in series) fits &= c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-';
        return fits ? series : throw new RepositoryException(RepositoryFault.Refused, $"'{series}' is not a name of a series: 1 to 64 of a-z, 0-9 and -.");
    }
}
