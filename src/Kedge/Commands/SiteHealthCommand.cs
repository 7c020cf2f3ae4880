using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Home;
using Kedge.OpenStack;
using Kedge.Output;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Health;
using Kedge.Recovery.Sites;

namespace Kedge.Commands;

/// <summary><c>kedge site health</c>: one more look at the sites, and what is believed of them.</summary>
static class SiteHealthCommand
{
    public static Command Create(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string?>("NAME") { Description = "The site; without it all of them.", Arity = ArgumentArity.ZeroOrOne };
        var anchors = new Option<Uri[]>("--anchor") { Description = "An http address that answers as long as this machine is not cut off; may be given several times. The other sites are asked anyway." };
        var command = new Command(
            "health",
            """
            Look at the sites through their public APIs, after a look whether this machine is cut off itself, and show what is believed of them:
            Up, Degraded, Unknown or Silent. A state is believed after several looks in a row; the looks are kept in the data directory. Nothing
            is ever failed over by this. Exit code 0: all are up; 8: something of one does not answer; 3: one is silent or unknown.
            """) { name, anchors };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            if (parsed.GetValue(name) is { } wanted)
                await kedge.Sites.GetAsync(wanted, cancel);
            var rules = new HealthRules();
            var healths = new List<SiteHealth>();
            foreach (var site in parsed.GetValue(name) is { } one ? [one] : kedge.Sites.Names())
                healths.Add(await LookAsync(kedge, site, parsed.GetValue(anchors) ?? [], rules, around, cancel));
            output.Print(parsed, around.Output, new Shown.Rows(
                ["Name", "State", "Since", "Looked At", "Seen", "Self Check", "Looks", "Services"],
                [.. healths.Select(health => Row(health, rules))]));
            foreach (var silent in healths.Where(health => health.State is SiteState.Silent))
                around.Error.WriteLine($"ALARM  {silent.Site} has been silent since {Moments.Text(silent.Since)}. If it is lost: kedge site declare-lost {silent.Site} --reason …");
            var worst = healths.Select(health => health.State).DefaultIfEmpty().Max();
            return worst is SiteState.Up ? ExitCodes.Done : worst is SiteState.Degraded ? ExitCodes.AtRisk : ExitCodes.Cloud;
        });
        return command;
    }

    static JsonNode?[] Row(SiteHealth health, HealthRules rules)
    {
        var last = health.Rounds[^1];
        return
        [
            health.Site, health.State.ToString(), Moments.Text(health.Since), Moments.Text(last.At), last.ViewBy(rules).ToString(), last.Self.ToString(), health.Rounds.Length,
            new JsonArray([.. last.Own.Services.Select(service => (JsonNode)new JsonObject { ["service"] = service.Service, ["answer"] = service.Answer.ToString(), ["what"] = service.What })]),
        ];
    }

    static async Task<SiteHealth> LookAsync(KedgeHome kedge, string name, Uri[] anchors, HealthRules rules, Surroundings around, CancellationToken cancel)
    {
        var record = await kedge.Sites.GetAsync(name, cancel);
        using var own = around.Transport is null ? new SocketsHttpHandler { ConnectTimeout = SiteProbe.Patience } : null;
        var others = new List<Uri>(anchors);
        foreach (var other in kedge.Sites.Names().Where(site => site != name))
            others.Add(kedge.SettingsOf(await kedge.Sites.GetAsync(other, cancel)).Tenant.AuthUrl);
        var watch = new SiteWatch(() => Connect(kedge, record, around), around.Transport ?? own!, others, [], around.Clock);
        var before = await FindAsync(PathOf(kedge, name), cancel) ?? SiteHealth.Begin(name, around.Clock.GetUtcNow());
        var after = await watch.LookAsync(before, Environment.MachineName, rules, cancel);
        kedge.Prepare();
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(kedge, name))!);
        await AtomicFile.WriteAsync(PathOf(kedge, name), JsonSerializer.SerializeToUtf8Bytes(after, HealthJson.Default.SiteHealth), cancel);
        return after;
    }

    static Cloud Connect(KedgeHome kedge, SiteRecord record, Surroundings around)
    {
        var settings = kedge.SettingsOf(record).Tenant;
        return Cloud.Connect(settings with { Limits = settings.Limits with { Attempts = 1 } }, around.Transport, around.Clock);
    }

    static string PathOf(KedgeHome kedge, string site) => Path.Combine(kedge.DataPath, "health", RecordName.Checked(site, "site") + ".json");

    /// <summary>Evidence that cannot be read is no evidence: looking begins anew.</summary>
    static async Task<SiteHealth?> FindAsync(string path, CancellationToken cancel)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(path, cancel), HealthJson.Default.SiteHealth) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
