using System.Net;
using System.Net.Sockets;
using System.Xml.Linq;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Tests.Pacemaker;

public sealed class WritingTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_writers_at_once_lose_no_change()
    {
        var tools = new ScriptedTools();
        var clusters = Enumerable.Range(0, 20).Select(_ => new Cluster(tools, TimeProvider.System));

        await Task.WhenAll(clusters.Select((cluster, i) => cluster.ChangeAsync(Adding($"p{i}"), [], Cancel)));

        Assert.Equal(20, Cib.Parse(tools.Current).Primitives.Count);
    }

    [Fact]
    public async Task A_write_that_one_node_took_and_the_cluster_dropped_is_made_again()
    {
        var tools = new FakeCluster("<cib admin_epoch='0' epoch='1' num_updates='0'><configuration><crm_config/><nodes><node id='1' uname='n1'/></nodes><resources/><constraints/></configuration><status/></cib>")
        {
            Drops = 2,
        };

        await new Cluster(tools, TimeProvider.System).ChangeAsync(Adding("p"), [], Cancel);

        Assert.Single(Cib.Parse(tools.Current).Primitives);
        Assert.Equal(1, tools.Writes);
    }

    [Fact]
    public async Task What_Pacemaker_would_not_accept_is_not_written()
    {
        var tools = new ScriptedTools { VerifyAnswer = new(78, "", "error: no such thing") };
        var before = tools.Current;

        var refused = await Assert.ThrowsAsync<ClusterException>(() => new Cluster(tools, TimeProvider.System).ChangeAsync(_ => { }, [], Cancel));

        Assert.Equal(ClusterFault.Invalid, refused.Fault);
        Assert.Contains("no such thing", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, tools.Current);
    }

    [Fact]
    public async Task When_others_write_each_time_it_gives_up_and_says_so()
    {
        var tools = new ScriptedTools { AlwaysStale = true };

        var refused = await Assert.ThrowsAsync<ClusterException>(() => new Cluster(tools, TimeProvider.System).ChangeAsync(_ => { }, [], Cancel));

        Assert.Equal(ClusterFault.Contended, refused.Fault);
    }

    [Fact]
    public async Task A_command_that_never_returns_is_killed_with_its_children()
    {
        var commands = LocalCommands.Here(TimeProvider.System);

        var late = await Assert.ThrowsAsync<ClusterException>(
            () => commands.RunAsync(["sh", "-c", "sleep 3600 & sleep 3600; true"], null, TimeSpan.FromMilliseconds(300), Cancel));

        Assert.Equal(ClusterFault.TimedOut, late.Fault);
    }

    [Fact]
    public async Task A_node_that_takes_the_connection_and_says_nothing_is_given_up_at_the_limit()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/ssh"), "ssh is not installed.");
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var commands = LocalCommands.Over("127.0.0.1", [$"Port={((IPEndPoint)silent.LocalEndpoint).Port}"], TimeProvider.System);

        var late = await Assert.ThrowsAsync<ClusterException>(() => commands.RunAsync(["cibadmin", "--query"], null, TimeSpan.FromMilliseconds(500), Cancel));

        Assert.Equal(ClusterFault.TimedOut, late.Fault);
        Assert.True(late.MayHaveHappened);
    }

    [Fact]
    public async Task A_node_where_nobody_listens_is_named()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/ssh"), "ssh is not installed.");
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        var commands = LocalCommands.Over("127.0.0.1", [$"Port={port}"], TimeProvider.System);

        var refused = await Assert.ThrowsAsync<ClusterException>(() => commands.RunAsync(["cibadmin", "--query"], null, TimeSpan.FromSeconds(30), Cancel));

        Assert.Equal(ClusterFault.Unreachable, refused.Fault);
        Assert.Contains("The node 127.0.0.1 did not answer 'cibadmin'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_is_not_there_is_named()
    {
        var commands = LocalCommands.Here(TimeProvider.System);

        var missing = await Assert.ThrowsAsync<ClusterException>(() => commands.RunAsync(["no-such-crm-tool"], null, TimeSpan.FromSeconds(20), Cancel));

        Assert.Equal(ClusterFault.NotInstalled, missing.Fault);
        Assert.Contains("no-such-crm-tool", missing.Message, StringComparison.Ordinal);
    }

    static Action<XElement> Adding(string id) => configuration =>
    {
        if (configuration.Element("resources")!.Elements().All(one => (string?)one.Attribute("id") != id))
            configuration.Element("resources")!.Add(new XElement("primitive", new XAttribute("id", id), new XAttribute("class", "ocf"), new XAttribute("type", "Dummy")));
    };

    /// <summary>cibadmin's contract at the wire: a replace that is older than what is there ends with 103; an equal one is taken, and raises the epoch.</summary>
    sealed class ScriptedTools : IClusterCommands
    {
        readonly Lock gate = new();

        public string Current { get; private set; } =
            "<cib admin_epoch='0' epoch='1' num_updates='0'><configuration><crm_config/><nodes/><resources/></configuration><status/></cib>";

        public CommandAnswer VerifyAnswer { get; init; } = new(0, "", "");

        public bool AlwaysStale { get; init; }

        static int EpochOf(string cib) => Cib.Parse(cib).Version.Epoch;

        public async Task<CommandAnswer> RunAsync(IReadOnlyList<string> command, string? input, TimeSpan limit, CancellationToken cancel)
        {
            await Task.Yield();
            lock (gate)
            {
                switch (command)
                {
                    case ["cibadmin", "--query"] or ["cibadmin", "--query", "--node", "n1"]:
                        return new(0, Current, "");
                    case ["crm_mon", ..]:
                        return new(0, "<pacemaker-result><summary><current_dc present='true' name='n1' with_quorum='true'/></summary></pacemaker-result>", "");
                    case ["crm_verify", ..]:
                        return VerifyAnswer;
                    case ["crm_simulate", ..]:
                        return new(0, "<pacemaker-result><actions/></pacemaker-result>", "");
                    case ["cibadmin", "--replace", "--xml-pipe"] when !AlwaysStale && EpochOf(input!) >= EpochOf(Current):
                        var written = XElement.Parse(input!);
                        written.SetAttributeValue("epoch", EpochOf(input!) + (EpochOf(input!) == EpochOf(Current) ? 1 : 0));
                        Current = written.ToString();
                        return new(0, "", "");
                    default:
                        return new(103, "", "Update was older than existing configuration");
                }
            }
        }
    }
}
