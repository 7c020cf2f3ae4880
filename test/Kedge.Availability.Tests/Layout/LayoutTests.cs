using System.Xml.Linq;
using System.Diagnostics;
using Kedge.Availability.Description;
using Kedge.Availability.Export;
using Kedge.Availability.Layout;
using Kedge.Availability.Pacemaker;
using Kedge.Availability.Tests.Pacemaker;

namespace Kedge.Availability.Tests.Layout;

public sealed class LayoutTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void On_a_release_of_its_time_the_paper_has_its_seven_resources_and_intervals_and_nothing_else()
    {
        var layout = Files.Layout($"{Files.Paper}release: mitaka\n");

        Assert.Equal(
            [
                "kedge-nova-api 5", "kedge-nova-scheduler 30", "kedge-nova-novncproxy 30", "kedge-nova-cert 30", "kedge-nova-consoleauth 30",
                "kedge-nova-conductor 30", "kedge-nova-network 30",
            ],
            layout.Resources.Select(resource => $"{resource.Id} {Assert.Single(resource.Operations).Interval.TotalSeconds}"));
        Assert.All(layout.Resources, resource => Assert.True(resource is { Runs: Runs.Once, Meta.Count: 0 } && resource.Agent == $"ocf:openstack:{resource.Id["kedge-".Length..]}"));
        Assert.Equal(0, layout.Orders.Length + layout.Togethers.Length + layout.Bans.Length + layout.Properties.Count);
    }

    [Fact]
    public void Today_what_is_gone_is_said_and_not_made()
    {
        var layout = Files.Layout(Files.Paper);

        Assert.Equal(["kedge-nova-api", "kedge-nova-scheduler", "kedge-nova-novncproxy", "kedge-nova-conductor"], layout.Resources.Select(resource => resource.Id));
        foreach (var gone in new[] { "nova-cert is not made into a resource: Nova has none since Pike", "nova-consoleauth is not made into a resource: Nova has none since Train", "nova-network is not made into a resource: Nova has none since Ussuri" })
            Assert.Contains(layout.Notes, note => note.StartsWith(gone, StringComparison.Ordinal));
    }

    [Fact]
    public void Classic_makes_everything_a_resource_in_order()
    {
        var layout = Files.Layout(Files.Classic);

        Assert.Equal("kedge-galera-clone", layout.Resources.Single(resource => resource.Runs is Runs.Promoted).Whole);
        Assert.Contains(layout.Orders, order => order is { First: "kedge-galera-clone", FirstAction: "promote", Then: "kedge-keystone-clone", IsMandatory: true });
        Assert.Contains(layout.Orders, order => order is { First: "kedge-nova-conductor-clone", Then: "kedge-nova-api-clone" });
        Assert.Contains(layout.Togethers, together => together is { Follower: "kedge-api-ip", With: "kedge-nova-api-clone" });
        Assert.Contains(layout.Togethers, together => together is { Follower: "kedge-reports", With: "kedge-api-ip" });
        Assert.Contains(layout.Aparts, apart => apart is { One: "kedge-cinder-volume", Other: "kedge-reports" });
        Assert.Equal(10, layout.Resources.Single(resource => resource.Id == "kedge-nova-api").Operations[0].Level);
        Assert.Null(layout.Resources.Single(resource => resource.Id == "kedge-galera").Operations[0].Level);
        Assert.Equal(["n1.1", "n1.2", "n2.1", "n2.2"], layout.Levels.Select(level => $"{level.Node}.{level.Index}"));
    }

    [Fact]
    public void Virtual_IPs_stay_away_from_the_DC_but_run_there_when_it_is_the_last_node_and_the_paper_says_nothing_of_it()
    {
        var rules = ClusterPart.Of(Files.Layout(Files.Classic)).Elements.Where(element => (string?)element.Attribute("id") == "kedge-not-on-dc.api-ip").ToArray();
        var paper = Files.Layout($"{Files.Paper}virtualIps: [{{name: api-ip, address: 10.0.0.1}}]\n");

        Assert.Equal("200 #is_dc ne true", string.Join(' ', Assert.Single(rules).DescendantsAndSelf().Attributes().Where(attribute => attribute.Name.LocalName is "score" or "attribute" or "operation" or "value").Select(attribute => attribute.Value)));
        Assert.Empty(paper.AwayFromDc);
    }

    [Fact]
    public void What_may_not_run_on_a_node_is_banned_there_also_on_nodes_that_the_file_does_not_name()
    {
        var layout = Files.Layout(Files.Classic, "compute7");

        Assert.Equal(["compute7", "n3"], layout.Bans.Where(ban => ban.Resource == "kedge-cinder-volume").Select(ban => ban.Node).Order());
        Assert.Equal(["compute7"], layout.Bans.Where(ban => ban.Resource == "kedge-nova-api-clone").Select(ban => ban.Node));
        Assert.Equal(["n1"], layout.Bans.Where(ban => ban.Resource == "kedge-ipmi-n1").Select(ban => ban.Node));
    }

    [Fact]
    public void Modern_leaves_what_keeps_nothing_to_systemd_and_says_so()
    {
        var layout = Files.Layout(Files.Modern);

        Assert.Equal(["kedge-power", "kedge-api-ip", "kedge-haproxy", "kedge-galera", "kedge-rabbitmq", "kedge-cinder-volume"], layout.Resources.Select(resource => resource.Id));
        Assert.Contains(layout.Notes, note => note.StartsWith("nova-api is left to systemd", StringComparison.Ordinal));
        Assert.Contains(layout.Togethers, together => together is { Follower: "kedge-api-ip", With: "kedge-haproxy-clone" });
        Assert.All(layout.Orders, order => Assert.False(order.IsMandatory));
    }

    [Theory]
    [InlineData(Files.Paper)]
    [InlineData(Files.Classic)]
    [InlineData(Files.Modern)]
    public async Task Pacemaker_itself_accepts_what_is_written(string text)
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/crm_verify"), "Pacemaker's tools are not installed.");
        var cluster = new Cluster(LocalCommands.Here(TimeProvider.System), TimeProvider.System);
        var cib = CibExport.Write(Files.Layout(text.Contains("fencing:", StringComparison.Ordinal) ? text : text + "fencing: [{name: power, agent: fence_virsh, fences: [n1, n2, n3]}]\n"));

        var verdict = await cluster.VerifyAsync(cib, Cancel);

        Assert.Empty(verdict.Errors);
    }

    [Fact]
    public async Task Errors_and_warnings_of_crm_verify_are_told_apart()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/crm_verify"), "Pacemaker's tools are not installed.");
        var cluster = new Cluster(LocalCommands.Here(TimeProvider.System), TimeProvider.System);
        var cib = Sample.Read("cib.xml");

        var off = await cluster.VerifyAsync(cib.Replace("class=\"stonith\"", "class=\"ocf\" provider=\"heartbeat\"", StringComparison.Ordinal), Cancel);
        var torn = await cluster.VerifyAsync(cib.Replace("<resources>", "<resources><primitive id=\"x\" bogus=\"1\"/>", StringComparison.Ordinal), Cancel);

        Assert.Contains(off.Errors, error => error.Contains("no STONITH resources have been defined", StringComparison.Ordinal));
        Assert.Contains(torn.Errors, error => error.Contains("primitive", StringComparison.Ordinal));
        Assert.Contains("did not pass schema validation", string.Join(';', torn.Errors), StringComparison.Ordinal);
    }
}
