namespace Kedge.Sandbox.Wire;

/// <summary>A parsed query string; a key may occur several times.</summary>
sealed class Query
{
    readonly List<KeyValuePair<string, string>> pairs = [];

    public Query(string text)
    {
        foreach (var part in text.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? part : part[..equals];
            var value = equals < 0 ? "" : part[(equals + 1)..];
            pairs.Add(new(Decode(key), Decode(value)));
        }
    }

    public IEnumerable<string> Keys => pairs.Select(p => p.Key).Distinct();

    public string? First(string key)
    {
        foreach (var pair in pairs)
            if (pair.Key == key)
                return pair.Value;
        return null;
    }

    public IEnumerable<string> All(string key) => pairs.Where(p => p.Key == key).Select(p => p.Value);

    public bool Has(string key) => First(key) is not null;

    /// <summary>OpenStack's booleans: 1, true, yes, on in any case.</summary>
    public bool Flag(string key) => First(key)?.ToUpperInvariant() is "1" or "TRUE" or "YES" or "ON" or "T";

    /// <summary>The same query but for a page's own parameters.</summary>
    public string With(int limit, string marker)
    {
        var kept = pairs.Where(p => p.Key is not ("limit" or "marker"))
            .Append(new("limit", limit.ToString(System.Globalization.CultureInfo.InvariantCulture)))
            .Append(new("marker", marker));
        return string.Join('&', kept.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
    }

    static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
