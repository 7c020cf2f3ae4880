using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Kedge.Mediator.Settings;

/// <summary>Another mediator, by the name under which it counts as a witness.</summary>
public sealed record NamedAddress(string Name, Uri Address);

/// <summary>What nobody may read in a log.</summary>
public sealed record Secret(string Value)
{
    public override string ToString() => "(secret)";
}

/// <summary>Reads settings out of variables, and collects every problem instead of stopping at the first. What is empty is not set.</summary>
sealed partial class SettingsReader(IReadOnlyDictionary<string, string> values)
{
    /// <summary>Shorter ones can be guessed.</summary>
    const int ShortestSecret = 16;

    /// <summary>All that were found until now; others add theirs.</summary>
    public List<string> Problems { get; } = [];

    public void Demand(bool isSo, string otherwise)
    {
        if (!isSo)
            Problems.Add(otherwise);
    }

    public string? Text(string name) => values.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    public string Name(string name, string otherwise)
    {
        var text = Text(name) ?? otherwise;
        Demand(NamePattern().IsMatch(text), $"{name}: '{text}' is not a name: 1 to 64 letters, digits, '.', '-' or '_'.");
        return text;
    }

    public Uri Listen(string name, string otherwise)
    {
        var text = Text(name) ?? otherwise;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.PathAndQuery == "/")
            return address;
        Problems.Add($"{name}: '{text}' is not an address to listen at: {otherwise}, or port 0 for any.");
        return new Uri("http://127.0.0.1:0");
    }

    public int Number(string name, int otherwise, int least, int most)
    {
        if (Text(name) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        Problems.Add($"{name}: '{text}' is not a whole number from {least} to {most}.");
        return otherwise;
    }

    public ImmutableArray<Uri> Addresses(string name) => [.. Words(name).Select(word => Address(name, word)).OfType<Uri>()];

    /// <summary>As in <c>west=https://kedge.west:7676 east=https://kedge.east:7676</c>; no name twice.</summary>
    public ImmutableArray<NamedAddress> Named(string name)
    {
        var named = Pairs(name).Select(pair => (pair.Key, Address: Address(name, pair.Value))).Where(pair => pair.Address is not null);
        return [.. named.Select(pair => new NamedAddress(pair.Key, pair.Address!))];
    }

    /// <summary>As in <c>dc1=10m dc2=1h</c>.</summary>
    public ImmutableSortedDictionary<string, TimeSpan> Times(string name, TimeSpan least)
    {
        var times = ImmutableSortedDictionary.CreateBuilder<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var (key, value) in Pairs(name))
        {
            var match = TimePattern().Match(value);
            if (match.Success && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 100_000
                && count * UnitOf(match.Groups[2].Value) is var time && time >= least)
                times[key] = time;
            else
                Problems.Add($"{name}: '{value}' of {key} is not a time of {least.TotalMinutes:0}m at least: write 90s, 10m or 1h.");
        }
        return times.ToImmutable();
    }

    /// <summary>What stands in the file that the variable names, without the end of its line; null: no file is named.</summary>
    public Secret? File(string name)
    {
        if (Text(name) is not { } path)
            return null;
        try
        {
            var secret = System.IO.File.ReadAllText(path).Trim();
            Demand(secret.Length >= ShortestSecret, $"{name}: what stands in {path} is too short, {ShortestSecret} characters at least: openssl rand -hex 32.");
            return new Secret(secret);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problems.Add($"{name}: {path} cannot be read: {e.Message}");
            return null;
        }
    }

    Uri? Address(string name, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return address;
        Problems.Add($"{name}: '{text}' is not an http or https address.");
        return null;
    }

    IEnumerable<KeyValuePair<string, string>> Pairs(string name)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in Words(name))
        {
            var (key, value) = word.Split('=', 2) is [var left, var right] ? (left, right) : ("", "");
            if (NamePattern().IsMatch(key) && value.Length > 0 && seen.Add(key))
                yield return new(key, value);
            else
                Problems.Add($"{name}: '{word}' is not NAME=VALUE, or names one twice.");
        }
    }

    string[] Words(string name) => Text(name)?.Split([' ', ',', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries) ?? [];

    static TimeSpan UnitOf(string letter) => letter switch
    {
        "s" => TimeSpan.FromSeconds(1),
        "m" => TimeSpan.FromMinutes(1),
        _ => TimeSpan.FromHours(1),
    };

    [GeneratedRegex("^([0-9]{1,6})(s|m|h)$")]
    private static partial Regex TimePattern();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex NamePattern();
}
