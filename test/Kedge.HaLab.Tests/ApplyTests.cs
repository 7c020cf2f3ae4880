using System.Text.Json.Nodes;
using System.Xml.Linq;
using Kedge.Availability.Description;
using Kedge.Availability.Layout;
using Kedge.Availability.Pacemaker;

namespace Kedge.HaLab.Tests;

/// <summary>A cluster brought to what a file says while it is killed, and while others write.</summary>
public sealed class ApplyTests
{
    const string Names = "kedge-alpha kedge-beta kedge-gamma kedge-test-ip";

    static readonly string File = $$"""
        cluster: lab
        profile: classic
        controllers: [{{string.Join(", ", HaLab.Nodes)}}]
        virtualIps:
        - {name: test-ip, address: 10.77.3.150, prefix: 24, agent: 'ocf:heartbeat:IPaddr2'}
        services:
        - {name: alpha, agent: 'ocf:pacemaker:Dummy', monitor: 5s, parameters: { fake: one } }
        - {name: beta, agent: 'ocf:pacemaker:Dummy', runs: once, ip: test-ip, after: [alpha]}
        - {name: gamma, agent: 'ocf:pacemaker:Dummy', runs: once, apart: [beta]}

        """;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static string First => HaLab.Nodes[0];

    [Fact]
    public async Task Of_twenty_writers_at_once_no_change_is_lost()
    {
        await StartCleanAsync();
        var before = await ReadAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => HaLab.ClusterOn(HaLab.Nodes[i % HaLab.Nodes.Count]).ChangeAsync(AddDummy($"writer{i}"), [], Cancel)));
        var after = await ReadAsync();
        await HaLab.ClusterOn(First).ChangeAsync(RemoveDummies("writer"), [], Cancel);

        Assert.Equal(20, after.Primitives.Count(primitive => primitive.Id.StartsWith("writer", StringComparison.Ordinal)));
        Assert.Equal(before.Primitives.Count, (await ReadAsync()).Primitives.Count);
    }

    [Fact]
    public async Task Planned_applied_and_undone_the_cluster_does_what_was_said_and_is_as_before()
    {
        await StartCleanAsync();
        using var kedge = new KedgeInLab();
        var file = kedge.Write("ha.yaml", File);
        var foreign = Foreign(await ReadAsync());

        var plan = JsonNode.Parse(await kedge.DoAsync("plan", file, "--host", First, "-f", "json"))!.AsArray();
        await kedge.DoAsync("apply", file, "--host", First, "--yes");
        var running = await HaLab.StatusAsync(Cancel);
        var again = JsonNode.Parse(await kedge.DoAsync("plan", file, "--host", First, "-f", "json"))!.AsArray();
        await kedge.DoAsync("undo", "--yes");
        var back = await ReadAsync();

        Assert.Contains(plan, row => (string?)row!["Change"] == "pacemaker would" && (string?)row["Kind"] == "start" && ((string?)row["Subject"])!.StartsWith("kedge-beta", StringComparison.Ordinal));
        Assert.Equal(HaLab.Nodes.Count, Where(running, "kedge-alpha").Length);
        Assert.Equal(Where(running, "kedge-test-ip"), Where(running, "kedge-beta"));
        Assert.NotEqual(Where(running, "kedge-gamma"), Where(running, "kedge-beta"));
        Assert.All(again, row => Assert.Equal("note", (string?)row!["Change"]));
        Assert.Equal(foreign, Foreign(back));
        Assert.DoesNotContain(back.Primitives, primitive => Names.Split(' ').Contains(primitive.Id));
    }

    [Fact]
    public async Task Killed_at_random_points_while_others_write_and_given_again_it_ends_whole_and_loses_nothing()
    {
        await StartCleanAsync();
        var foreign = Foreign(await ReadAsync());
        var wanted = ClusterPart.Of(LayoutWriter.Write(DescriptionFile.Parse(File, "ha.yaml"), HaLab.Nodes));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var others = WriteOnAsync(stop.Token);
        for (var round = 0; round < 2; round++)
        {
            using var kedge = new KedgeInLab();
            var file = kedge.Write("ha.yaml", File);
            for (var kill = 0; kill < 4; kill++)
            {
                using var process = kedge.Start("apply", file, "--host", First, "--yes");
                await Task.WhenAny(process.WaitForExitAsync(Cancel), Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(300, 4000)), TimeProvider.System, Cancel));
                process.Kill();
                await process.WaitForExitAsync(Cancel);
                var torn = ClusterPart.In(await ReadAsync(), wanted.Properties.Keys);
                Assert.True(torn.Elements.Count == 0 || torn.Says(wanted), $"Half applied: {torn.Write()}");
            }

            await kedge.DoAsync("apply", file, "--host", First, "--yes");
            Assert.True(ClusterPart.In(await ReadAsync(), wanted.Properties.Keys).Says(wanted));
            await UndoAsync(kedge);
        }
        await stop.CancelAsync();
        var written = await others;
        var there = (await ReadAsync()).Primitives.Count(primitive => primitive.Id.StartsWith("other", StringComparison.Ordinal));
        await HaLab.ClusterOn(First).ChangeAsync(RemoveDummies("other"), [], Cancel);

        Assert.True(written > 0);
        Assert.Equal(written, there);
        Assert.Equal(foreign, Foreign(await ReadAsync()));
    }

    [Fact]
    public async Task A_node_without_power_is_told_by_its_name()
    {
        await StartCleanAsync();
        using var kedge = new KedgeInLab();

        var (code, _, error) = await kedge.TypeAsync("plan", kedge.Write("ha.yaml", File), "--host", "h9");

        Assert.Equal(3, code);
        Assert.Contains("The node h9 did not answer", error, StringComparison.Ordinal);
    }

    /// <summary>Without what an earlier test left that failed.</summary>
    static async Task StartCleanAsync()
    {
        HaLab.ForgetSetUp();
        await HaLab.UntilWholeAsync(Cancel);
        await HaLab.ClusterOn(First).ChangeAsync(
            configuration =>
            {
                foreach (var left in configuration.Elements("resources").Concat(configuration.Elements("constraints")).Elements().ToArray())
                {
                    if (((string)left.Attribute("id")!).StartsWith("kedge-", StringComparison.Ordinal) || ((string)left.Attribute("id")!).StartsWith("other", StringComparison.Ordinal))
                        left.Remove();
                }
                // The set-up's own went with it, and nothing starts in a cluster without one.
                if (!configuration.Descendants("primitive").Any(primitive => (string?)primitive.Attribute("id") == "power"))
                    configuration.Element("resources")!.Add(Power());
            },
            [],
            Cancel);
        await HaLab.ClusterOn(First).WaitUntilSettledAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    static XElement Power() => XElement.Parse(
        $"<primitive id='power' class='stonith' type='fence_kedge_lab'><instance_attributes id='power-attributes'><nvpair id='power-socket' name='socket' value='{HaLab.Home}/power.sock'/>"
        + $"<nvpair id='power-hosts' name='pcmk_host_list' value='{string.Join(' ', HaLab.Nodes)}'/><nvpair id='power-check' name='pcmk_host_check' value='static-list'/></instance_attributes></primitive>");

    /// <summary>An apply that was killed after its last write leaves nothing to finish: then there is none to undo but the one before.</summary>
    static async Task UndoAsync(KedgeInLab kedge)
    {
        await kedge.DoAsync("undo", "--yes");
        var part = ClusterPart.In(await ReadAsync(), []);
        Assert.True(part.Elements.Count == 0, part.Write());
    }

    /// <summary>Somebody who adds a resource again and again, the right way.</summary>
    static async Task<int> WriteOnAsync(CancellationToken stop)
    {
        var written = 0;
        while (!stop.IsCancellationRequested && written < 40)
        {
            await HaLab.ClusterOn(HaLab.Nodes[^1]).ChangeAsync(AddDummy($"other{written}"), [], Cancel);
            written++;
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, stop);
            }
            catch (OperationCanceledException)
            {
                // The end of the loop.
            }
        }
        return written;
    }

    static Action<XElement> AddDummy(string id) => configuration =>
    {
        if (configuration.Element("resources")!.Elements().Any(one => (string?)one.Attribute("id") == id))
            return;
        configuration.Element("resources")!.Add(new XElement(
            "primitive", new XAttribute("id", id), new XAttribute("class", "ocf"), new XAttribute("provider", "pacemaker"), new XAttribute("type", "Dummy"),
            new XElement("meta_attributes", new XAttribute("id", $"{id}-meta"), new XElement("nvpair", new XAttribute("id", $"{id}-role"), new XAttribute("name", "target-role"), new XAttribute("value", "Stopped"))),
            new XElement("operations", new XElement("op", new XAttribute("id", $"{id}-monitor"), new XAttribute("name", "monitor"), new XAttribute("interval", "60s")))));
    };

    static Action<XElement> RemoveDummies(string prefix) => configuration =>
        configuration.Element("resources")!.Elements("primitive").Where(primitive => ((string)primitive.Attribute("id")!).StartsWith(prefix, StringComparison.Ordinal)).ToArray().Remove();

    static Task<Cib> ReadAsync() => HaLab.ClusterOn(First).ReadCibAsync(Cancel);

    static string[] Where(ClusterStatus? status, string id) => [.. status!.Resources.Where(resource => resource.Id.Split(':')[0] == id && resource.Role == "Started").SelectMany(resource => resource.Nodes).Order()];

    /// <summary>All that is not Kedge's, nor of these tests.</summary>
    static string[] Foreign(Cib cib) =>
    [
        .. cib.With(_ => { }).Element("configuration")!.Elements().Elements()
            .Where(element => !((string?)element.Attribute("id") ?? "").StartsWith("kedge-", StringComparison.Ordinal) && !((string?)element.Attribute("id") ?? "").StartsWith("other", StringComparison.Ordinal))
            .Select(element => element.Name.LocalName == "cluster_property_set" ? string.Join(' ', element.Elements().Select(pair => $"{(string?)pair.Attribute("name")}={(string?)pair.Attribute("value")}").Where(pair => !pair.StartsWith("last-lrm-refresh", StringComparison.Ordinal))) : element.ToString())
            .Order(StringComparer.Ordinal),
    ];
}
