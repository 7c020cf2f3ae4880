using System.CommandLine;
using System.Text.Json.Nodes;

namespace Kedge.Commands;

/// <summary>The options that describe a policy, turned into the same JSON as its file: so that both have the same checks and the same errors.</summary>
sealed class PolicyOptions
{
    readonly Option<string?> rpo = new("--rpo") { Description = "So much data may be lost: 15m, 24h. Default 24h." };
    readonly Option<string?> rto = new("--rto") { Description = "How long a recovery may take: 30m, 4h. Default: nothing is promised." };
    readonly Option<int?> keep = new("--keep") { Description = "Points to keep at least, newest first. Default 7." };
    readonly Option<int?> hourly = new("--hourly") { Description = "Besides those, the last point of each of so many hours." };
    readonly Option<int?> daily = new("--daily") { Description = "The last point of each of so many days." };
    readonly Option<int?> weekly = new("--weekly") { Description = "The last point of each of so many weeks." };
    readonly Option<int?> monthly = new("--monthly") { Description = "The last point of each of so many months." };
    readonly Option<int?> fullEvery = new("--full-every") { Description = "After so many incremental backups one is full. Default 7." };
    readonly Option<string[]> windows = new("--window")
    {
        Description = "When points may be begun, UTC: FROM-TO, such as 22:00-06:00, or FROM-TO@Saturday,Sunday; may be given several times; '' for any time.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { rpo, rto, keep, hourly, daily, weekly, monthly, fullEvery, windows })
            command.Options.Add(option);
    }

    /// <summary>The policy's JSON with what the command line says of it.</summary>
    public JsonObject Apply(ParseResult parsed, JsonObject policy)
    {
        if (parsed.GetValue(rpo) is { } lost)
            policy["rpo"] = lost;
        if (parsed.GetValue(rto) is { } recovered)
            policy["rto"] = recovered;
        foreach (var (name, option) in new[] { ("keepLast", keep), ("hourly", hourly), ("daily", daily), ("weekly", weekly), ("monthly", monthly), ("fullEvery", fullEvery) })
        {
            if (parsed.GetValue(option) is not { } count)
                continue;
            if (policy["retention"] is not JsonObject retention)
                policy["retention"] = retention = [];
            retention[name] = count;
        }
        if (parsed.GetValue(windows) is { Length: > 0 } wanted)
            policy["windows"] = new JsonArray([.. wanted.Where(text => text.Length > 0).Select(WindowOf)]);
        return policy;
    }

    static JsonObject WindowOf(string text)
    {
        var parts = text.Split('@');
        if (parts.Length > 2 || parts[0].Split('-') is not [var from, var to])
            throw new UsageException($"--window {text}: FROM-TO is wanted, such as 22:00-06:00, or FROM-TO@Saturday,Sunday.");
        var window = new JsonObject { ["from"] = from, ["to"] = to };
        if (parts is [_, var days])
            window["days"] = new JsonArray([.. days.Split(',').Select(day => (JsonNode?)day)]);
        return window;
    }
}
