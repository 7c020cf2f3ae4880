using System.Globalization;

namespace Kedge.OpenStack.Http;

/// <summary>The part of an address after the question mark. Null values are left out.</summary>
internal sealed class Query
{
    readonly List<KeyValuePair<string, string>> pairs = [];

    public string? this[string name]
    {
        set
        {
            if (value is not null)
                pairs.Add(new(name, value));
        }
    }

    public bool IsEmpty => pairs.Count == 0;

    public static string? Of(DateTimeOffset? instant) => instant?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string? Of(IReadOnlyCollection<string> values) => values.Count == 0 ? null : string.Join(',', values);

    public Query With(string name, string? value)
    {
        this[name] = value;
        return this;
    }

    public override string ToString() => string.Join('&', pairs.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
}
