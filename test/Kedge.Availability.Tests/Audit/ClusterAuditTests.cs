using Kedge.Availability.Audit;
using Kedge.Availability.Pacemaker;
using Kedge.Availability.Tests.Pacemaker;

namespace Kedge.Availability.Tests.Audit;

public sealed class ClusterAuditTests
{
    [Fact]
    public void Monitors_slower_than_the_promise_and_devices_never_proven_are_told()
    {
        var found = Audit("crm_mon_healthy.xml", cib => cib, TimeSpan.FromSeconds(10));

        Assert.Contains(found, finding => finding is { Rule: "monitor-too-slow", Subject: "p_scheduler" });
        Assert.DoesNotContain(found, finding => finding is { Rule: "monitor-too-slow", Subject: "p_nova_api" });
        Assert.Equal(["n1", "n2", "n3"], found.Where(finding => finding.Rule == "fencing-untested").Select(finding => finding.Subject).Order());
    }

    [Fact]
    public void A_node_whose_fencing_worked_is_not_untested()
    {
        var found = Audit("crm_mon_fenced.xml", cib => cib, TimeSpan.FromMinutes(1));

        Assert.DoesNotContain(found, finding => finding is { Rule: "fencing-untested", Subject: "n3" });
    }

    [Fact]
    public void A_fencing_device_that_fails_now_is_a_danger()
    {
        var found = Audit("crm_mon_fencing_broken.xml", cib => cib, TimeSpan.FromMinutes(1));

        Assert.Contains(found, finding => finding is { Rule: "fencing-failing", Weight: Weight.Danger, Subject: "n3" });
        Assert.Contains(found, finding => finding is { Rule: "node-not-serving", Weight: Weight.Danger, Subject: "n3" });
    }

    [Theory]
    [InlineData("name=\"stonith-enabled\" value=\"true\"", "name=\"stonith-enabled\" value=\"false\"", "stonith-off")]
    [InlineData("name=\"stonith-enabled\" value=\"true\"", "name=\"no-quorum-policy\" value=\"ignore\"", "quorum-ignored")]
    [InlineData("class=\"stonith\"", "class=\"ocf\"", "no-fencing-device")]
    [InlineData("interval=\"5s\"", "interval=\"0\"", "no-monitor")]
    [InlineData("uname=\"n3\"", "uname=\"n3\" type=\"remote\"", "two-nodes")]
    public void Each_dangerous_setting_is_told_with_consequence_and_fix(string good, string bad, string rule)
    {
        var found = Audit("crm_mon_healthy.xml", cib => cib.Replace(good, bad, StringComparison.Ordinal), TimeSpan.FromMinutes(1));

        var finding = Assert.Single(found, finding => finding.Rule == rule);

        Assert.NotEmpty(finding.Consequence);
        Assert.NotEmpty(finding.Fix);
    }

    static IReadOnlyList<Finding> Audit(string status, Func<string, string> change, TimeSpan promised) =>
        ClusterAudit.Of(Cib.Parse(change(Sample.Read("cib.xml"))), ClusterStatus.Parse(Sample.Read(status)), promised);
}
