using System.Xml.Linq;
using Kedge.Availability.Drills;
using Kedge.Availability.Pacemaker;
using Kedge.Availability.Watch;

namespace Kedge.HaLab.Tests;

/// <summary>The watcher on a real cluster: a service of our own whose monitor is a minute away, so that nothing but the watcher is quick.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    const string Service = "kedge-watched";
    const string PidFile = "/run/kedge-watched.pid";
    const string Hook = "curl -s -o /dev/null -m 1 --noproxy '*' --retry 30 --retry-connrefused --retry-delay 1 --retry-max-time 8 http://127.0.0.1:18774/";
    static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    readonly string node = HaLab.Nodes[0];
    readonly Cluster cluster = HaLab.ClusterOn(HaLab.Nodes[0]);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>No watcher but those of these tests: another would get the one answer of the liar.</summary>
    public async ValueTask InitializeAsync() => await Measuring.Measurement.SetUpAsync("modern", Cancel);

    public async ValueTask DisposeAsync() => await RemoveAsync();

    [Fact]
    public async Task A_death_is_recovered_long_before_the_next_monitor_and_counts_as_a_failure()
    {
        await MakeAsync(url: null);
        await using var watcher = await Watcher.StartAsync(node, Cancel);
        await SettleAsync();

        var drill = await DrillAsync(Fault.ServiceKilled);

        Assert.True(drill.Recovered, $"{drill}\n{watcher.Log}");
        Assert.InRange(drill.RecoveredS!.Value, 0, 20);
        Assert.Contains((await cluster.ReadStatusAsync(Cancel)).Failures, failure => failure.Operation.StartsWith(Service, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_takes_connections_and_does_not_answer_is_recovered()
    {
        await MakeAsync("http://127.0.0.1:18774/");
        await using var watcher = await Watcher.StartAsync(node, Cancel);
        await SettleAsync();

        var drill = await DrillAsync(Fault.ServiceHung);

        Assert.True(drill.Recovered, $"{drill}\n{watcher.Log}");
    }

    [Fact]
    public async Task A_watcher_whose_eyes_lie_does_not_flap_the_cluster()
    {
        await using var liar = await Liar.StartAsync(node);
        await MakeAsync(Liar.Url);
        var before = await PidAsync();
        await using var watcher = await Watcher.StartAsync(node, Cancel);

        // After its first answer it takes connections and says nothing, while the service is well.
        await watcher.UntilAsync("the agent contradicted it three times", log => log.Split("AgentSaysWell").Length > 3, Cancel);

        Assert.Equal(before, await PidAsync());
        Assert.DoesNotContain((await cluster.ReadStatusAsync(Cancel)).Failures, failure => failure.Operation.StartsWith(Service, StringComparison.Ordinal));
        Assert.DoesNotContain("; Told", watcher.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_operator_stops_and_starts_again_is_never_taken_for_a_failure()
    {
        await MakeAsync(url: null);
        await using var watcher = await Watcher.StartAsync(node, Cancel);

        for (var round = 0; round < 8; round++)
        {
            await ToolAsync("crm_resource", "--resource", Service, "--meta", "--set-parameter", "target-role", "--parameter-value", "Stopped");
            await ToolAsync("crm_resource", "--wait", "--timeout", "60");
            await ToolAsync("crm_resource", "--resource", Service, "--meta", "--set-parameter", "target-role", "--parameter-value", "Started");
            await ToolAsync("crm_resource", "--wait", "--timeout", "60");
        }

        Assert.DoesNotContain((await cluster.ReadStatusAsync(Cancel)).Failures, failure => failure.Operation.StartsWith(Service, StringComparison.Ordinal));
        Assert.DoesNotContain("; Told", watcher.Log, StringComparison.Ordinal);
    }

    /// <summary>Watched from the machine of the lab, as <c>kedge ha drill</c> would.</summary>
    async Task<DrillResult> DrillAsync(Fault fault)
    {
        var watched = new Watched(Service, Service, PidFile, null, null);
        var orders = new FaultOrders(HaLab.In, LocalCommands.Here(TimeProvider.System), null, null);
        var measure = new FaultMeasure(HaLab.ClusterOn(HaLab.Nodes[1]), null, TimeProvider.System);
        return await measure.MeasureAsync(fault, Service, node, cancel => orders.DoAsync(fault, watched, node, cancel), TimeSpan.FromSeconds(50), Cancel);
    }

    /// <summary>The watcher has read that the service runs: it looks every five seconds.</summary>
    static Task SettleAsync() => Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Cancel);

    async Task<string> PidAsync() => (await HaLab.In(node).RunAsync(["cat", PidFile], null, Minute, Cancel)).Output.Trim();

    /// <summary>A small web server by Pacemaker's own agent for anything, on one node, with an API to ask if there is one.</summary>
    async Task MakeAsync(string? url)
    {
        await RemoveAsync();
        await cluster.ChangeAsync(
            configuration =>
            {
                configuration.Element("resources")!.Add(XElement.Parse(
                    $"""
                    <primitive id="{Service}" class="ocf" provider="heartbeat" type="anything">
                      <instance_attributes id="{Service}-p">
                        <nvpair id="{Service}-p1" name="binfile" value="/usr/bin/python3"/>
                        <nvpair id="{Service}-p2" name="cmdline_options" value="-m http.server 18774 --directory /run/resource-agents"/>
                        <nvpair id="{Service}-p3" name="pidfile" value="{PidFile}"/>
                        <nvpair id="{Service}-p4" name="monitor_hook" value="{Hook}"/>
                        <nvpair id="{Service}-p5" name="stop_timeout" value="1"/>
                        <nvpair id="{Service}-p6" name="url" value="{url}"/>
                      </instance_attributes>
                      <operations>
                        <op id="{Service}-m" name="monitor" interval="60s" timeout="20s"/>
                        <op id="{Service}-s" name="stop" interval="0" timeout="20s"/>
                      </operations>
                    </primitive>
                    """));
                configuration.Element("constraints")!.Add(new XElement(
                    "rsc_location", new XAttribute("id", $"{Service}-here"), new XAttribute("rsc", Service), new XAttribute("node", node), new XAttribute("score", "INFINITY")));
            },
            Cancel);
        await HaLab.UntilAsync($"{Service} runs", status => status.Resources.Any(one => one.Id == Service && one.Role == "Started" && one.Nodes.Contains(node)), Cancel);
        await ToolAsync("sh", "-c", $"for i in $(seq 100); do {Hook} && exit 0; sleep 0.1; done; exit 1");
    }

    /// <summary>Stopped first: what is taken away while it runs becomes an orphan, about which crm_verify complains to all who write.</summary>
    async Task RemoveAsync()
    {
        if ((await cluster.ReadCibAsync(CancellationToken.None)).Primitives.Any(one => one.Id == Service))
        {
            await ToolAsync("crm_resource", "--resource", Service, "--meta", "--set-parameter", "target-role", "--parameter-value", "Stopped");
            await ToolAsync("crm_resource", "--wait", "--timeout", "60");
            await ToolAsync("cibadmin", "--delete", "--xpath", $"//rsc_location[@rsc='{Service}']");
            await ToolAsync("cibadmin", "--delete", "--xpath", $"//primitive[@id='{Service}']");
            await ToolAsync("crm_resource", "--wait", "--timeout", "60");
        }
        await HaLab.In(node).RunAsync(["crm_resource", "--cleanup"], null, Minute, CancellationToken.None);
    }

    async Task ToolAsync(params string[] command)
    {
        var answer = await HaLab.In(node).RunAsync(command, null, TimeSpan.FromSeconds(90), CancellationToken.None);
        Assert.True(answer.ExitCode == 0, $"{string.Join(' ', command)} ended with {answer.ExitCode}: {answer.Error}");
    }

    /// <summary>In the node: answers the first who asks, and from then on takes connections and says nothing.</summary>
    sealed class Liar : IAsyncDisposable
    {
        const string Program =
            "import socket\ns = socket.create_server(('127.0.0.1', 18775), backlog=64)\nc, _ = s.accept()\nc.recv(4096)\n"
            + "c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n')\nc.close()\nkept = []\nwhile True: kept.append(s.accept())\n";

        readonly string node;

        Liar(string node) => this.node = node;

        public const string Url = "http://127.0.0.1:18775/";

        public static async Task<Liar> StartAsync(string node)
        {
            await HaLab.In(node).RunAsync(["sh", "-c", "setsid python3 -c \"$1\" > /dev/null 2>&1 < /dev/null & echo $! > /run/kedge-liar.pid", "sh", Program], null, Minute, Cancel);
            return new Liar(node);
        }

        public async ValueTask DisposeAsync() => await HaLab.In(node).RunAsync(["sh", "-c", "kill -KILL $(cat /run/kedge-liar.pid)"], null, Minute, CancellationToken.None);
    }
}
