using System.Xml.Linq;
using Kedge.Availability.Fencing;
using Kedge.Availability.Pacemaker;
using Kedge.Availability.Tests.Pacemaker;
using Kedge.Testing;

namespace Kedge.Availability.Tests.Fencing;

public sealed class FenceTestTests : IDisposable
{
    const string Levels =
        "<fencing-topology><fencing-level id='l1' target='n3' index='1' devices='ipmi'/><fencing-level id='l2' target='n3' index='2' devices='pdu'/><fencing-level id='l3' target='n1' index='1' devices='ipmi'/></fencing-topology>";

    readonly FakeClock clock = new();
    readonly string directory = Directory.CreateTempSubdirectory("kedge-fencing-").FullName;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_device_that_worked_is_proven_and_the_proof_is_kept()
    {
        var fencer = new Fencer(Levels);

        var proof = await On(fencer).TryAsync("n3", "ipmi", alone: true, TimeSpan.Zero, Cancel);

        Assert.True(proof.Worked);
        Assert.Equal("n1", proof.By);
        Assert.Equal(proof, Assert.Single(await FenceProofs.In(directory).ReadAsync(Cancel)));
    }

    [Fact]
    public async Task Of_several_devices_only_the_one_to_be_proven_is_tried_and_the_levels_come_back()
    {
        var fencer = new Fencer(Levels);

        await On(fencer).TryAsync("n3", "pdu", alone: false, TimeSpan.Zero, Cancel);

        Assert.Equal(["kedge-fence-test-n3: pdu", "l3: ipmi"], fencer.LevelsWhenFencing);
        Assert.Equal(["l1: ipmi", "l2: pdu", "l3: ipmi"], fencer.Levels.Order());
        Assert.Equal(["ha-fencing.jsonl"], Directory.GetFiles(directory).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_device_that_fails_is_written_down_and_the_levels_come_back(bool hangs)
    {
        var fencer = new Fencer(Levels) { Broken = !hangs, Hangs = hangs };

        if (hangs)
            await Assert.ThrowsAsync<ClusterException>(() => On(fencer).TryAsync("n3", "pdu", alone: false, TimeSpan.Zero, Cancel));
        else
            Assert.False((await On(fencer).TryAsync("n3", "pdu", alone: false, TimeSpan.Zero, Cancel)).Worked);

        Assert.Equal(["l1: ipmi", "l2: pdu", "l3: ipmi"], fencer.Levels.Order());
    }

    [Fact]
    public async Task After_a_trial_that_was_cut_off_the_levels_that_it_kept_come_back_not_what_it_left()
    {
        var fencer = new Fencer("<fencing-topology><fencing-level id='kedge-fence-test-n3' target='n3' index='1' devices='ipmi'/></fencing-topology>");
        await File.WriteAllTextAsync(Path.Combine(directory, "ha-fencing-levels-n3.xml"), "<fencing-topology><fencing-level id='l1' target='n3' index='1' devices='ipmi'/><fencing-level id='l2' target='n3' index='2' devices='pdu'/></fencing-topology>", Cancel);

        await On(fencer).TryAsync("n3", "pdu", alone: false, TimeSpan.Zero, Cancel);

        Assert.Equal(["l1: ipmi", "l2: pdu"], fencer.Levels.Order());
    }

    [Fact]
    public async Task Levels_that_were_narrowed_although_the_tool_was_killed_come_back()
    {
        var fencer = new Fencer(Levels) { LosesAnswer = true };

        await Assert.ThrowsAsync<ClusterException>(() => On(fencer).TryAsync("n3", "pdu", alone: false, TimeSpan.Zero, Cancel));

        Assert.Equal(["l1: ipmi", "l2: pdu", "l3: ipmi"], fencer.Levels.Order());
    }

    [Fact]
    public async Task The_tool_saying_done_is_no_proof_when_the_history_has_nothing()
    {
        var fencer = new Fencer(Levels) { Forgets = true };

        var proof = await On(fencer).TryAsync("n3", "ipmi", alone: true, TimeSpan.Zero, Cancel);

        Assert.False(proof.Worked);
    }

    [Fact]
    public void The_loss_of_a_node_is_refused_when_it_leaves_no_quorum_or_a_node_is_away_already()
    {
        var cib = Cib.Parse(Sample.Read("cib.xml"));
        var healthy = ClusterStatus.Parse(Sample.Read("crm_mon_healthy.xml"));
        var oneAway = healthy with { Nodes = [.. healthy.Nodes.Select(node => node.Name == "n1" ? node with { Online = false } : node)] };

        Assert.Empty(NodeLoss.Reasons(cib, healthy, "n3"));
        Assert.Contains(NodeLoss.Reasons(cib, oneAway, "n3"), reason => reason.Contains("no quorum", StringComparison.Ordinal));
    }

    [Fact]
    public void A_service_with_one_instance_is_only_there_and_a_clone_is_not()
    {
        var status = ClusterStatus.Parse(Sample.Read("crm_mon_healthy.xml"));
        var place = status.Resources.Single(one => one.Id == "p_nova_api").Nodes[0];

        var only = NodeLoss.OnlyThere(status, place);

        Assert.Contains("p_nova_api", only);
        Assert.DoesNotContain("p_scheduler", only);
    }

    FenceTest On(Fencer fencer) => new(new Cluster(fencer, clock), fencer, directory, clock);

    /// <summary>A cluster whose fencer keeps a history, and whose CIB can be written.</summary>
    sealed class Fencer(string levels) : IClusterCommands
    {
        int done;
        string cib = $"<cib admin_epoch='0' epoch='1' num_updates='0'><configuration><crm_config/><nodes/><resources/><constraints/>{levels}</configuration><status/></cib>";

        public bool Broken { get; init; }

        public bool Hangs { get; init; }

        public bool Forgets { get; init; }

        /// <summary>Of the first write.</summary>
        public bool LosesAnswer { get; set; }

        public IReadOnlyList<string> LevelsWhenFencing { get; private set; } = [];

        public IReadOnlyList<string> Levels => [.. XElement.Parse(cib).Descendants("fencing-level").Select(level => $"{(string?)level.Attribute("id")}: {(string?)level.Attribute("devices")}")];

        public async Task<CommandAnswer> RunAsync(IReadOnlyList<string> command, string? input, TimeSpan limit, CancellationToken cancel)
        {
            await Task.Yield();
            switch (command)
            {
                case ["crm_simulate", ..]:
                    return new(0, "<pacemaker-result><actions/></pacemaker-result>", "");
                case ["cibadmin", "--query", ..]:
                    return new(0, cib, "");
                case ["cibadmin", "--replace", ..]:
                    cib = input!;
                    if (LosesAnswer)
                    {
                        LosesAnswer = false;
                        throw new ClusterException(ClusterFault.TimedOut, "cibadmin was killed.");
                    }
                    return new(0, "", "");
                case ["stonith_admin", "--reboot", ..]:
                    LevelsWhenFencing = Levels;
                    if (Hangs)
                        throw new ClusterException(ClusterFault.TimedOut, "stonith_admin was killed.");
                    done += Broken || Forgets ? 0 : 1;
                    return new(Broken ? 1 : 0, "", Broken ? "No route to host" : "");
                case ["crm_mon", ..]:
                    var history = string.Concat(Enumerable.Repeat("<fence_event action='reboot' target='n3' delegate='n1' status='success' completed='now'/>", done));
                    return new(0, $"<pacemaker-result><summary><current_dc present='true' name='n1' with_quorum='true'/></summary><fence_history>{history}</fence_history></pacemaker-result>", "");
                default:
                    return new(0, "", "");
            }
        }
    }
}
