using System.Xml.Linq;
using Kedge.Availability.Changes;
using Kedge.Availability.Layout;
using Kedge.Availability.Pacemaker;
using Kedge.Availability.Tests.Pacemaker;
using Kedge.Plans;

namespace Kedge.Availability.Tests.Changes;

public sealed class ChangeTests : IDisposable
{
    static readonly NodeAddress Here = new(null, []);
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kedge-ha-");
    readonly MemoryJournal journal = new(TimeProvider.System);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    PartFolder Parts => new(folder.FullName);

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task An_apply_writes_once_waits_and_looks()
    {
        var cluster = new FakeCluster(Sample.Read("cib.xml"));

        var state = await ApplyAsync(cluster, Files.Classic);

        Assert.Equal(RunPhase.Finished, state.Phase);
        Assert.Equal(1, cluster.Writes);
        Assert.True((await DraftAsync(cluster, Files.Classic)).Changes.IsEmpty);
    }

    [Fact]
    public async Task Killed_around_any_command_and_repeated_it_ends_the_same_and_nothing_is_half_applied()
    {
        var clean = new FakeCluster(Sample.Read("cib.xml"));
        await ApplyAsync(clean, Files.Classic);
        var whole = ClusterPart.In(Cib.Parse(clean.Current), []);

        for (var cut = 1; ; cut++)
        {
            var cluster = new FakeCluster(Sample.Read("cib.xml"));
            var nothing = ClusterPart.In(Cib.Parse(cluster.Current), []);
            var run = await BeginAsync(cluster, Files.Classic);
            var from = cluster.Commands;
            using var killed = new CancellationTokenSource();
            var point = 0;
            void Pass()
            {
                if (++point == cut)
                    killed.Cancel();
                killed.Token.ThrowIfCancellationRequested();
            }
            cluster.Before = (_, _) => Pass();
            cluster.After = (_, _) => Pass();
            try
            {
                await ExecutorOf(cluster, await journal.GetStateAsync(run, Cancel)).ExecuteAsync(run, null, killed.Token);
            }
            catch (OperationCanceledException)
            {
                // That is the kill.
            }
            cluster.Before = cluster.After = null;
            var torn = ClusterPart.In(Cib.Parse(cluster.Current), []);
            Assert.True(torn.Says(nothing) || torn.Says(whole));
            if (point < cut)
                break;

            var state = await ExecutorOf(cluster, await journal.GetStateAsync(run, Cancel)).ExecuteAsync(run, null, Cancel);

            Assert.Equal(RunPhase.Finished, state.Phase);
            Assert.True(ClusterPart.In(Cib.Parse(cluster.Current), []).Says(whole));
            Assert.Equal(1, cluster.Writes);
            Assert.True(from < cluster.Commands);
        }
    }

    [Fact]
    public async Task What_another_writer_writes_during_the_apply_stays()
    {
        var cluster = new FakeCluster(Sample.Read("cib.xml"));
        var others = 0;
        cluster.Before = (it, command) =>
        {
            if (command is ["cibadmin", "--replace", ..] && others < 5)
                it.Write(configuration => configuration.Element("resources")!.Add(Dummy($"other{others++}")));
        };

        var state = await ApplyAsync(cluster, Files.Classic);

        Assert.Equal(RunPhase.Finished, state.Phase);
        Assert.Equal(5, Cib.Parse(cluster.Current).Primitives.Count(primitive => primitive.Id.StartsWith("other", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Somebody_who_changes_what_is_ours_meanwhile_stops_the_run_and_nothing_is_written()
    {
        var cluster = new FakeCluster(Sample.Read("cib.xml"));
        var run = await BeginAsync(cluster, Files.Classic);
        cluster.Write(configuration => configuration.Element("resources")!.Add(Dummy("kedge-keystone")));

        var state = await ExecutorOf(cluster, await journal.GetStateAsync(run, Cancel)).ExecuteAsync(run, null, Cancel);

        Assert.Equal(RunPhase.Stopped, state.Phase);
        Assert.Contains("kedge-keystone", state.StepsInOrder.Single(step => step.StopReason is not null).StopReason, StringComparison.Ordinal);
        Assert.Equal(0, cluster.Writes);
    }

    [Fact]
    public async Task Undo_goes_back_and_leaves_what_others_wrote_since()
    {
        var cluster = new FakeCluster(Sample.Read("cib.xml"));
        var before = cluster.Current;
        var applied = await ApplyAsync(cluster, Files.Classic);
        cluster.Write(configuration => configuration.Element("resources")!.Add(Dummy("other")));

        var state = await UndoAsync(cluster, applied);

        Assert.Equal(RunPhase.Finished, state.Phase);
        Assert.Equal(
            ["other", .. Cib.Parse(before).Primitives.Select(primitive => primitive.Id).Order()],
            Cib.Parse(cluster.Current).Primitives.Select(primitive => primitive.Id).OrderBy(id => id != "other").ThenBy(id => id));
    }

    [Fact]
    public async Task Undo_is_refused_when_ours_was_changed_since()
    {
        var cluster = new FakeCluster(Sample.Read("cib.xml"));
        var applied = await ApplyAsync(cluster, Files.Classic);
        cluster.Write(configuration => configuration.Descendants("op").First(op => (string?)op.Attribute("id") == "kedge-nova-api-monitor-interval-5s").SetAttributeValue("interval", "9s"));

        var refused = await Assert.ThrowsAsync<ClusterException>(() => UndoAsync(cluster, applied));

        Assert.Contains("kedge-nova-api-clone changed (op monitor interval: 5s -> 9s)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_constraint_of_somebody_else_about_what_would_be_gone_is_named()
    {
        var cluster = new FakeCluster(Sample.Read("cib.xml"));
        await ApplyAsync(cluster, Files.Classic);
        cluster.Write(configuration => configuration.Element("constraints")!.Add(new XElement(
            "rsc_location", new XAttribute("id", "cli-ban-it"), new XAttribute("rsc", "kedge-nova-scheduler-clone"), new XAttribute("node", "n1"), new XAttribute("score", "-INFINITY"))));

        var draft = await DraftAsync(cluster, Files.Classic.Replace("- name: nova-scheduler\n", "", StringComparison.Ordinal));

        Assert.Contains("the constraint cli-ban-it, which is not Kedge's, is about kedge-nova-scheduler-clone", Assert.Single(draft.Refusals(isUndo: false)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_does_not_come_up_stops_the_run_with_its_name()
    {
        var cluster = new FakeCluster(Sample.Read("cib.xml")) { NotRunning = ["kedge-keystone"] };

        var state = await ApplyAsync(cluster, Files.Classic);

        Assert.Equal(RunPhase.Stopped, state.Phase);
        Assert.Contains("kedge-keystone runs nowhere", state.StepsInOrder.Single(step => step.StopReason is not null).StopReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_that_were_there_before_do_not_stop_a_change_and_new_ones_do()
    {
        var cluster = new FakeCluster(Sample.Read("cib.xml")) { VerifySays = "(unpack_config) \twarning: Blind faith: not fencing unseen nodes\n" };
        var asked = 0;

        var old = await ApplyAsync(cluster, Files.Classic);
        cluster.Before = (it, command) =>
        {
            if (command is ["crm_verify", ..])
                it.VerifySays = asked++ % 2 == 0 ? "" : "(unpack) \twarning: something new\n";
        };
        var draft = await DraftAsync(cluster, Files.Classic.Replace("monitor: 5s", "monitor: 6s", StringComparison.Ordinal));

        Assert.Equal(RunPhase.Finished, old.Phase);
        Assert.Equal(["something new"], draft.Refusals(isUndo: false));
    }

    [Fact]
    public async Task A_file_for_another_cluster_is_refused()
    {
        var cluster = new FakeCluster(Sample.Read("cib.xml"));

        var refused = await Assert.ThrowsAsync<ClusterException>(() => DraftAsync(cluster, Files.Classic.Replace("[n1, n2, n3]", "[n1, n2, n3, n4]", StringComparison.Ordinal).Replace("fences: [n3]", "fences: [n3, n4]", StringComparison.Ordinal)));

        Assert.Contains("n4, which this cluster does not know", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<cib/>")]
    [InlineData("<cib epoch='1' admin_epoch='x' num_updates='0'><configuration/></cib>")]
    [InlineData("<html><body>It works!</body></html>")]
    [InlineData("<cib admin_epoch='0' epoch='1' num_updates='0'><configuration><crm_config/><nodes/><resources/><constraints/></configuration></cib>")]
    public async Task A_malformed_or_foreign_CIB_is_refused_in_words(string cib)
    {
        var cluster = new FakeCluster(cib);

        await Assert.ThrowsAsync<ClusterException>(() => DraftAsync(cluster, Files.Classic));

        Assert.Equal(0, cluster.Writes);
    }

    static XElement Dummy(string id) => new("primitive", new XAttribute("id", id), new XAttribute("class", "ocf"), new XAttribute("provider", "pacemaker"), new XAttribute("type", "Dummy"));

    static Cluster ClusterOf(FakeCluster cluster) => new(cluster, TimeProvider.System);

    static Task<ClusterDraft> DraftAsync(FakeCluster cluster, string file) => ClusterDraft.OfAsync(Files.Read(file), ClusterOf(cluster), Here, Cancel);

    async Task<RunState> ApplyAsync(FakeCluster cluster, string file)
    {
        var run = await BeginAsync(cluster, file);
        return await ExecutorOf(cluster, await journal.GetStateAsync(run, Cancel)).ExecuteAsync(run, null, Cancel);
    }

    async Task<RunId> BeginAsync(FakeCluster cluster, string file) => await BeginAsync(await DraftAsync(cluster, file), undoes: null);

    async Task<RunState> UndoAsync(FakeCluster cluster, RunState applied)
    {
        var draft = await ClusterDraft.BackAsync(applied.Run, ChangeFacts.Of(applied.Plan), Parts, ClusterOf(cluster), Here, Cancel);
        var run = await BeginAsync(draft, applied.Run.Value);
        return await ExecutorOf(cluster, await journal.GetStateAsync(run, Cancel)).ExecuteAsync(run, null, Cancel);
    }

    async Task<RunId> BeginAsync(ClusterDraft draft, string? undoes)
    {
        var run = RunId.Create(TimeProvider.System);
        await Parts.WriteAsync(run.Value, draft.Before, draft.Wanted, Cancel);
        // Each of the sweep's rounds is a cluster of its own.
        await journal.BeginAsync(run, ChangeRunbook.Write(run, draft, undoes), run.Value, "test", Cancel);
        return run;
    }

    RunExecutor ExecutorOf(FakeCluster cluster, RunState state)
    {
        var ground = new ChangeGround(ClusterOf(cluster), Parts, ChangeFacts.Of(state.Plan));
        return new(journal, step => ChangeStepJson.Read(step, ground), ChangeRunbook.ReadFault, new RunLimits(), TimeProvider.System, "test");
    }
}
