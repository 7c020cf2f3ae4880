using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Kedge.Commands;

/// <summary>
/// The options that describe a workload, turned into the same JSON as its file: so that both have the same checks and the same errors.
/// </summary>
sealed class WorkloadOptions
{
    readonly Option<string?> from = new("--from") { Description = "Site where it runs." };
    readonly Option<string?> to = new("--to") { Description = "Site where it will run when the first is lost." };
    readonly Option<string[]> servers = new("--server") { Description = "Id of a server to protect; may be given several times." };
    readonly Option<string?> tag = new("--tag") { Description = "Protect the servers with this tag." };
    readonly Option<string?> metadata = new("--metadata") { Description = "Protect the servers with this metadata: KEY=VALUE." };
    readonly Option<string?> stack = new("--stack") { Description = "Id of a Heat stack: protect its servers." };
    readonly Option<bool> project = new("--project") { Description = "Protect the whole project." };
    readonly Option<string?> policy = new("--policy") { Description = "Policy that says what the workload does not: RPO, RTO, retention, windows; '' for none." };
    readonly Option<bool?> paused = new("--paused") { Description = "A mediator takes no points of it (true), or takes them (false)." };
    readonly Option<string?> rpo = new("--rpo") { Description = "How old a point may be before readiness warns: 15m, 24h, 7d. Default 24h." };
    readonly Option<string?> rto = new("--rto") { Description = "How long its recovery may take: 30m, 4h. Default: nothing is promised." };
    readonly Option<int?> sitePriority = new("--site-priority") { Description = "When the whole site is lost: higher first, among equals the shorter RTO. Default 0." };
    readonly Option<string?> onSiteLoss = new("--on-site-loss") { Description = "Recover (default): a declared loss of its site fails it over; Leave: not.", HelpName = "Recover|Leave" };
    readonly Option<int?> keep = new("--keep") { Description = "Points to keep at least. Default 7." };
    readonly Option<int?> fullEvery = new("--full-every") { Description = "After so many incremental backups one is full. Default 7." };
    readonly Option<string?> method = new("--method") { Description = "Backup or Blocks, for every volume. Default: the best that is possible for each.", HelpName = "Backup|Blocks" };
    readonly Option<string[]> volumeMethod = new("--volume-method") { Description = "VOLUME=Backup or VOLUME=Blocks, by id or unique name; may be given several times." };
    readonly Option<string?> standby = new("--standby") { Description = "Warm: a volume for each volume waits at the target, brought forward by each point. Cold (default): a failover fills empty ones.", HelpName = "Warm|Cold" };
    readonly Option<double?> readBack = new("--read-back") { Description = "Share of each volume that is read back and hashed before its server boots, above 0 to 1. Default 1; less is not 'verified'." };
    readonly Option<string[]> after = new("--after") { Description = "SERVER=OTHER: start SERVER when OTHER is up and well; may be given several times." };
    readonly Option<string[]> priority = new("--priority") { Description = "SERVER=NUMBER: higher first. Default 0." };
    readonly Option<string[]> health = new("--health") { Description = "SERVER=tcp:PORT or SERVER=http://…: how a restored server shows that it is well." };

    public void AddTo(Command command, bool isNew)
    {
        if (isNew)
        {
            command.Validators.Add(result =>
            {
                if (result.GetValue<string?>("--file") is null && (result.GetValue(from) is null || result.GetValue(to) is null))
                    result.AddError("Give --from and --to, or --file.");
            });
        }
        foreach (var option in new Option[] { from, to, servers, tag, metadata, stack, project, policy, paused, rpo, rto, sitePriority, onSiteLoss, keep, fullEvery, method, volumeMethod, standby, readBack, after, priority, health })
            command.Options.Add(option);
    }

    /// <summary>The workload's JSON with what the command line says of it.</summary>
    public JsonObject Apply(ParseResult parsed, JsonObject workload)
    {
        Put(workload, "from", parsed.GetValue(from));
        Put(workload, "to", parsed.GetValue(to));
        if (Selection(parsed) is { } selection)
            workload["selection"] = selection;
        if (parsed.GetValue(policy) is "")
            workload.Remove("policy");
        else
            Put(workload, "policy", parsed.GetValue(policy));
        if (parsed.GetValue(paused) is { } isPaused)
            workload["paused"] = isPaused;
        Put(workload, "rpo", parsed.GetValue(rpo));
        Put(workload, "rto", parsed.GetValue(rto));
        if (parsed.GetValue(sitePriority) is { } first)
            workload["priority"] = first;
        Put(workload, "onSiteLoss", parsed.GetValue(onSiteLoss));
        if (parsed.GetValue(keep) is { } points)
            Retention(workload)["keepLast"] = points;
        if (parsed.GetValue(fullEvery) is { } fulls)
            Retention(workload)["fullEvery"] = fulls;
        ApplyReplication(parsed, workload);
        foreach (var (server, other) in Pairs(parsed.GetValue(after), "--after"))
            Child(Rule(workload, server), "after", () => new JsonArray()).AsArray().Add(other);
        foreach (var (server, number) in Pairs(parsed.GetValue(priority), "--priority"))
            Rule(workload, server)["priority"] = int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new UsageException($"--priority {server}={number}: a whole number is wanted.");
        foreach (var (server, check) in Pairs(parsed.GetValue(health), "--health"))
            Rule(workload, server)["health"] = Check(server, check);
        return workload;
    }

    void ApplyReplication(ParseResult parsed, JsonObject workload)
    {
        var policy = (workload["replication"]?.DeepClone() ?? new JsonObject()).AsObject();
        Put(policy, "method", parsed.GetValue(method));
        foreach (var (volume, one) in Pairs(parsed.GetValue(volumeMethod), "--volume-method"))
            Child(policy, "volumes", () => new JsonObject())[volume] = one;
        Put(policy, "standby", parsed.GetValue(standby));
        if (parsed.GetValue(readBack) is { } share)
            policy["readBack"] = share is > 0 and <= 1 ? share : throw new UsageException($"--read-back {share}: above 0 to 1 is wanted.");
        if (policy.Count > 0)
            workload["replication"] = policy;
    }

    JsonObject? Selection(ParseResult parsed)
    {
        var chosen = new JsonObject();
        if (parsed.GetValue(servers) is { Length: > 0 } ids)
            chosen["servers"] = new JsonArray([.. ids.Select(id => (JsonNode?)id)]);
        Put(chosen, "tag", parsed.GetValue(tag));
        if (parsed.GetValue(metadata) is { } pair)
        {
            var (key, value) = Pairs([pair], "--metadata").Single();
            chosen["metadata"] = new JsonObject { [key] = value };
        }
        Put(chosen, "stack", parsed.GetValue(stack));
        if (parsed.GetValue(project))
            chosen["project"] = "whole";
        return chosen.Count == 0 ? null : chosen;
    }

    static JsonObject Check(string server, string check)
    {
        if (check.StartsWith("http://", StringComparison.Ordinal) || check.StartsWith("https://", StringComparison.Ordinal))
            return new JsonObject { ["http"] = check };
        if (check.StartsWith("tcp:", StringComparison.Ordinal) && ushort.TryParse(check.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return new JsonObject { ["tcp"] = (int)port };
        throw new UsageException($"--health {server}={check}: tcp:PORT or an http address is wanted.");
    }

    static JsonObject Retention(JsonObject workload) => Child(workload, "retention", () => new JsonObject()).AsObject();

    static JsonObject Rule(JsonObject workload, string server)
    {
        var rules = Child(workload, "servers", () => new JsonArray()).AsArray();
        var rule = rules.FirstOrDefault(each => (string?)each!["server"] == server);
        if (rule is null)
            rules.Add(rule = new JsonObject { ["server"] = server });
        return rule.AsObject();
    }

    static JsonNode Child(JsonObject parent, string name, Func<JsonNode> make)
    {
        if (parent[name] is not { } child)
            parent[name] = child = make();
        return child;
    }

    static IEnumerable<(string Left, string Right)> Pairs(string[]? texts, string option)
    {
        foreach (var text in texts ?? [])
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at < 1)
                throw new UsageException($"{option} {text}: LEFT=RIGHT is wanted.");
            yield return (text[..at], text[(at + 1)..]);
        }
    }

    static void Put(JsonObject json, string name, string? value)
    {
        if (value is not null)
            json[name] = value;
    }
}
