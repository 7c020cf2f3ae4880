using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Tests.Pacemaker;

/// <summary>On what a real cluster of three nodes printed.</summary>
public sealed class ReadingTests
{
    [Fact]
    public void A_healthy_cluster_is_read_with_its_nodes_its_DC_and_its_quorum()
    {
        var status = ClusterStatus.Parse(Sample.Read("crm_mon_healthy.xml"));

        Assert.True(status.HasQuorum);
        Assert.Contains(status.Nodes, node => node.Name == status.Dc);
        Assert.Equal(["n1 online", "n2 online", "n3 online"], status.Nodes.Select(node => $"{node.Name} {node.State}"));
    }

    [Fact]
    public void Each_instance_of_a_clone_is_told_by_its_node()
    {
        var status = ClusterStatus.Parse(Sample.Read("crm_mon_healthy.xml"));

        var schedulers = status.Resources.Where(resource => resource.Id == "p_scheduler");

        Assert.Equal(["n1", "n2", "n3"], schedulers.SelectMany(scheduler => scheduler.Nodes).Order());
    }

    [Fact]
    public void The_fencing_of_a_lost_node_is_in_the_history()
    {
        var status = ClusterStatus.Parse(Sample.Read("crm_mon_fenced.xml"));

        var fencing = Assert.Single(status.Fencing);

        Assert.Equal(("n3", "reboot", "success"), (fencing.Target, fencing.Action, fencing.Outcome));
        Assert.NotNull(fencing.Completed);
    }

    [Fact]
    public void The_configuration_is_read_with_its_version_operations_and_fencing_device()
    {
        var cib = Cib.Parse(Sample.Read("cib.xml"));

        var api = Assert.Single(cib.Primitives, primitive => primitive.Id == "p_nova_api");

        Assert.Equal("ocf:openstack:nova-api", api.Agent);
        Assert.Equal(TimeSpan.FromSeconds(5), Assert.Single(api.Operations).Interval);
        Assert.Equal("fence-lab", Assert.Single(cib.Primitives, primitive => primitive.IsFencingDevice).Id);
        Assert.Equal(["n1", "n2", "n3"], cib.Nodes.Order());
        Assert.Equal("true", cib.Property("stonith-enabled"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<cib")]
    [InlineData("<html/>")]
    [InlineData("<cib admin_epoch='0' epoch='1' num_updates='0'/>")]
    [InlineData("<cib admin_epoch='0' epoch='many' num_updates='0'><configuration/></cib>")]
    public void A_malformed_or_foreign_CIB_is_refused(string xml)
    {
        var refused = Assert.Throws<ClusterException>(() => Cib.Parse(xml));

        Assert.Equal(ClusterFault.Unreadable, refused.Fault);
    }

    [Fact]
    public void An_answer_of_another_tool_is_not_taken_for_a_status()
    {
        var foreign = Sample.Read("cib.xml");

        Assert.Throws<ClusterException>(() => ClusterStatus.Parse(foreign));
    }
}

static class Sample
{
    public static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Samples", name));
}
