using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Kedge.Availability.Events;

/// <summary>Something that happened in the cluster, as Pacemaker told its alert agents on one node, or as the watcher there saw it.</summary>
/// <param name="Id">The same on every node that was told of the same thing: who gets it twice can see that.</param>
/// <param name="Kind"><c>node</c>, <c>fencing</c>, <c>resource</c>, <c>attribute</c>, or <c>watch</c> of our own.</param>
/// <param name="Node">The node that it is about.</param>
/// <param name="Code">0: as it should be.</param>
/// <param name="SeenBy">The node that tells.</param>
public sealed partial record ClusterEvent(
    string Id, DateTimeOffset At, string Kind, string Node, string? Resource, string? Task, int? Code, string Description, string SeenBy)
{
    /// <summary>Fencing and the coming and going of nodes are told on every node; a resource's operation only where it was done.</summary>
    [JsonIgnore]
    public bool ConcernsAll => Kind is "node" or "fencing";

    /// <summary>Reads what an alert agent was given: lines <c>CRM_alert_…=value</c>. Null: not an alert.</summary>
    /// <param name="now">Taken when Pacemaker gave no time.</param>
    public static ClusterEvent? Read(string environment, string seenBy, DateTimeOffset now)
    {
        var given = environment.Split('\n')
            .Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2 && pair[0].StartsWith("CRM_alert_", StringComparison.Ordinal))
            .GroupBy(pair => pair[0]["CRM_alert_".Length..], StringComparer.Ordinal)
            .ToDictionary(pairs => pairs.Key, pairs => pairs.Last()[1], StringComparer.Ordinal);
        if (given.GetValueOrDefault("kind") is not { Length: > 0 } kind)
            return null;
        var at = AtOf(given) ?? now;
        var node = given.GetValueOrDefault("node") ?? "";
        var description = given.GetValueOrDefault("desc") ?? "";
        var one = new ClusterEvent(
            "", at, kind, node, Text(given, "rsc") ?? Text(given, "attribute_name"), Text(given, "task"), Number(given, "rc"), description, seenBy);
        return one with { Id = IdOf(one, Text(given, "interval"), Text(given, "attribute_value")) };
    }

    /// <summary>From what every node is told alike; the time is not, except to the minute for what carries no reference of its own.</summary>
    static string IdOf(ClusterEvent one, string? interval, string? value)
    {
        var what = one.Kind switch
        {
            "fencing" when Reference().Match(one.Description) is { Success: true } reference => $"fencing {reference.Value}",
            "fencing" => $"fencing {one.Node} {one.Task} {one.Code} {one.Description} {Minute(one.At)}",
            "node" => $"node {one.Node} {one.Description} {Minute(one.At)}",
            _ => $"{one.Kind} {one.Node} {one.Resource} {one.Task} {interval} {value} {one.Code} {one.At.ToUnixTimeMilliseconds()}",
        };
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)).AsSpan(0, 8));
    }

    static string Minute(DateTimeOffset at) => (at.ToUnixTimeSeconds() / 60).ToString(CultureInfo.InvariantCulture);

    static DateTimeOffset? AtOf(Dictionary<string, string> given) =>
        long.TryParse(given.GetValueOrDefault("timestamp_epoch"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).AddMicroseconds(Number(given, "timestamp_usec") is { } part and >= 0 and < 1_000_000 ? part : 0)
            : null;

    static string? Text(Dictionary<string, string> given, string name) => given.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    static int? Number(Dictionary<string, string> given, string name) =>
        int.TryParse(given.GetValueOrDefault(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"ref=[0-9a-f-]{8,}")]
    private static partial Regex Reference();
}
