using System.Xml.Linq;
using Kedge.Availability.Layout;
using Kedge.Availability.Pacemaker;
using Kedge.Availability.Tests.Pacemaker;

namespace Kedge.Availability.Tests.Layout;

public sealed class ClusterPartTests
{
    [Fact]
    public void What_others_wrote_stays_to_the_letter()
    {
        var cib = Cib.Parse(Sample.Read("cib.xml"));
        var foreign = Foreign(cib.With(_ => { }));

        var written = cib.With(ClusterPart.Of(Files.Layout(Files.Classic)).PutInto);

        Assert.Equal(foreign, Foreign(written));
        Assert.True(ClusterPart.In(Cib.Parse(written.ToString()), ["no-quorum-policy"]).Elements.Count > 20);
    }

    [Fact]
    public void Written_twice_it_is_the_same_and_taken_back_it_is_gone()
    {
        var cib = Cib.Parse(Sample.Read("cib.xml"));
        var wanted = ClusterPart.Of(Files.Layout(Files.Classic));
        var before = ClusterPart.In(cib, wanted.Properties.Keys);

        var once = Cib.Parse(cib.With(wanted.PutInto).ToString());
        var twice = Cib.Parse(once.With(wanted.PutInto).ToString());
        var back = Cib.Parse(twice.With(before.PutInto).ToString());

        Assert.Equal(once.ToString(), twice.ToString());
        Assert.Equal(cib.With(_ => { }).Element("configuration")!.ToString(), back.With(_ => { }).Element("configuration")!.ToString());
    }

    [Fact]
    public void A_difference_is_told_field_by_field_and_keeps_secrets()
    {
        var before = ClusterPart.Of(Files.Layout(Files.Classic));
        var after = ClusterPart.Of(Files.Layout(Files.Classic
            .Replace("monitor: 5s", "monitor: 7s", StringComparison.Ordinal)
            .Replace("'a b'", "'c d'", StringComparison.Ordinal)
            .Replace("- name: nova-scheduler\n", "", StringComparison.Ordinal)));

        var changes = PartChange.Between(before, after);

        Assert.Equal(["op monitor interval: 5s -> 7s"], changes.Single(change => change.Subject == "kedge-nova-api-clone").Details);
        Assert.Equal(["parameter password: (another value)"], changes.Single(change => change.Subject == "kedge-ipmi-n2").Details);
        Assert.Contains(changes, change => change is { Subject: "kedge-nova-scheduler-clone", Change: ChangeKind.Removed });
        Assert.DoesNotContain(PartChange.Between(ClusterPart.In(Cib.Parse(Sample.Read("cib.xml")), []), after).SelectMany(change => change.Details), detail => detail.Contains("c d", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_said_with_other_inner_ids_and_in_another_order_is_no_difference()
    {
        var wanted = ClusterPart.Of(Files.Layout(Files.Classic));
        var said = XElement.Parse(wanted.Write());
        foreach (var inner in said.Descendants().Where(element => element.Name.LocalName is "nvpair" or "op" or "instance_attributes" or "meta_attributes"))
            inner.SetAttributeValue("id", $"other-{(string?)inner.Attribute("id")}");
        foreach (var pairs in said.Descendants("instance_attributes"))
            pairs.ReplaceNodes(pairs.Elements().Reverse().ToArray());

        Assert.True(wanted.Says(ClusterPart.Parse(said.ToString())));
    }

    static string[] Foreign(XElement cib) =>
    [
        .. cib.Descendants().Where(element => element.Parent?.Name.LocalName is "resources" or "constraints" or "nodes" or "cluster_property_set")
            .Where(element => ((string?)element.Attribute("id"))?.StartsWith("kedge-", StringComparison.Ordinal) is false)
            .Where(element => (string?)element.Attribute("name") is not ("cluster-recheck-interval" or "no-quorum-policy" or "stonith-enabled"))
            .Select(element => element.ToString()),
    ];
}
