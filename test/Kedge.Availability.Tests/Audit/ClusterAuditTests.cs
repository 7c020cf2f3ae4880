using Kedge.Availability.Audit;
using Kedge.Availability.Fencing;
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

    [Theory]
    [InlineData("runtime.config.totem.token (u32) = 3650\nruntime.config.totem.consensus (u32) = 4380\ntotem.token (u32) = 3000", "token-coefficient")]
    [InlineData("runtime.config.totem.token (u32) = 13650\nruntime.config.totem.consensus (u32) = 16380", "token-too-slow")]
    [InlineData("runtime.config.totem.token (u32) = 300\ntotem.token (u32) = 300", "token-nervous")]
    public void The_token_is_told_as_it_really_is(string corosync, string rule)
    {
        var found = Of(new AuditFacts([Fact("n1") with { Corosync = NodeFacts.ReadKeys(corosync) }], [], Now));

        Assert.Single(found, finding => finding.Rule == rule);
    }

    [Fact]
    public void A_good_token_is_not_told()
    {
        var found = Of(new AuditFacts([Fact("n1") with { Corosync = NodeFacts.ReadKeys("runtime.config.totem.token (u32) = 1000\ntotem.token (u32) = 1000\n") }], [], Now));

        Assert.DoesNotContain(found, finding => finding.Rule.StartsWith("token", StringComparison.Ordinal));
    }

    [Fact]
    public void Services_of_OpenStack_that_no_resource_stands_for_are_outside_the_cluster()
    {
        var found = Of(new AuditFacts([Fact("n1") with { Units = ["nova-api", "nova-scheduler", "glance-api", "nova-compute", "ssh", "haproxy"] }], [], Now));

        Assert.Equal(["glance-api", "haproxy"], found.Where(finding => finding.Rule == "outside-the-cluster").Select(finding => finding.Subject).Order());
    }

    [Theory]
    [InlineData(0.2, false)]
    [InlineData(3, true)]
    public void Clocks_that_are_apart_are_told_as_far_as_they_can_be_known(double apart, bool told)
    {
        var found = Of(new AuditFacts([Fact("n1"), Fact("n2") with { ClockAhead = TimeSpan.FromSeconds(apart) }, Fact("n3")], [], Now));

        Assert.Equal(told, found.Any(finding => finding.Rule == "clocks-apart"));
    }

    [Fact]
    public void A_trial_is_evidence_until_it_is_old_and_a_failed_one_is_a_danger()
    {
        FenceProof[] proofs =
        [
            new(Now.AddDays(-1), "n1", "fence-lab", "reboot", Worked: true, "n2", 2, 30, null),
            new(Now.AddDays(-100), "n2", "fence-lab", "reboot", Worked: true, "n1", 2, 30, null),
            new(Now.AddDays(-2), "n3", "fence-lab", "reboot", Worked: true, "n1", 2, 30, null),
            new(Now.AddDays(-1), "n3", "fence-lab", "reboot", Worked: false, null, null, null, "no route"),
        ];

        var found = Of(new AuditFacts([], proofs, Now)).Where(finding => finding.Rule.StartsWith("fencing-", StringComparison.Ordinal)).ToArray();

        Assert.Equal(
            ["fencing-device-failed fence-lab on n3", "fencing-proof-old fence-lab on n2"], found.Select(finding => $"{finding.Rule} {finding.Subject}").Order());
    }

    [Fact]
    public void Of_several_devices_of_a_node_the_one_that_was_never_tried_is_told()
    {
        var found = ClusterAudit.Of(
            Cib.Parse(Sample.Read("cib.xml").Replace("<constraints/>", "<constraints/><fencing-topology><fencing-level id=\"a\" target=\"n3\" index=\"1\" devices=\"fence-lab\"/><fencing-level id=\"b\" target=\"n3\" index=\"2\" devices=\"pdu\"/></fencing-topology>", StringComparison.Ordinal)
                .Replace("</resources>", "<primitive id=\"pdu\" class=\"stonith\" type=\"fence_apc\"/></resources>", StringComparison.Ordinal)),
            ClusterStatus.Parse(Sample.Read("crm_mon_fenced.xml")),
            new AuditFacts([], [new(Now.AddDays(-1), "n3", "fence-lab", "reboot", Worked: true, "n2", 2, 30, null)], Now),
            TimeSpan.FromMinutes(1));

        Assert.Equal(["pdu on n3"], found.Where(finding => finding.Rule == "fencing-device-untested").Select(finding => finding.Subject));
    }

    [Fact]
    public void A_trial_that_was_cut_off_is_found()
    {
        var found = Audit("crm_mon_healthy.xml", cib => cib.Replace("<constraints/>", "<constraints/><fencing-topology><fencing-level id=\"kedge-fence-test-n3\" target=\"n3\" index=\"1\" devices=\"fence-lab\"/></fencing-topology>", StringComparison.Ordinal), TimeSpan.FromMinutes(1));

        Assert.Single(found, finding => finding is { Rule: "fence-test-left-behind", Weight: Weight.Danger, Subject: "n3" });
    }

    [Fact]
    public void A_node_that_does_not_answer_is_said_to_be_unknown_and_not_to_be_well()
    {
        var found = Of(new AuditFacts([Fact("n1"), Fact("n2") with { NotReached = "no route" }, Fact("n3")], [], Now));

        Assert.Equal(["n2"], found.Where(finding => finding.Rule == "node-not-looked-at").Select(finding => finding.Subject));
    }

    static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    static NodeFacts Fact(string node) => new(node, null, new Dictionary<string, string>(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));

    static IReadOnlyList<Finding> Of(AuditFacts facts) =>
        ClusterAudit.Of(Cib.Parse(Sample.Read("cib.xml")), ClusterStatus.Parse(Sample.Read("crm_mon_healthy.xml")), facts, TimeSpan.FromSeconds(10));

    static IReadOnlyList<Finding> Audit(string status, Func<string, string> change, TimeSpan promised) =>
        ClusterAudit.Of(Cib.Parse(change(Sample.Read("cib.xml"))), ClusterStatus.Parse(Sample.Read(status)), new AuditFacts([], [], Now), promised);
}
