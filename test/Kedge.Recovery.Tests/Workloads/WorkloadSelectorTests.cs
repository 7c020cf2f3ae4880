using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Tests.Capture;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox.Workloads;

namespace Kedge.Recovery.Tests.Workloads;

public sealed class WorkloadSelectorTests
{
    [Fact]
    public Task Servers_are_found_by_id_tag_metadata_stack_and_project() => BlueprintCaptureTests.WithTiersAsync(async (house, tiers) =>
    {
        var inner = house.A.World.CreateStack("demo", "inner", ("db", "OS::Nova::Server", tiers.DbServerId));
        var outer = house.A.World.CreateStack("demo", "outer", ("web", "OS::Nova::Server", tiers.WebServerId), ("disk", "OS::Cinder::Volume", tiers.AppDataVolumeId), ("inner", "OS::Heat::Stack", inner));

        Assert.Equal([tiers.WebServerId], await FoundAsync(house, new WorkloadSelection.ByServers([new SourceId(tiers.WebServerId)])));
        Assert.Equal(tiers.ServerIds.Order(), await FoundAsync(house, new WorkloadSelection.ByTag(ThreeTierWorkload.Tag)));
        Assert.Equal([tiers.AppServerId], await FoundAsync(house, new WorkloadSelection.ByMetadata("tier", "app")));
        Assert.Equal(tiers.ServerIds.Order(), await FoundAsync(house, new WorkloadSelection.WholeProject()));
        Assert.Contains(tiers.WebServerId, await FoundAsync(house, new WorkloadSelection.ByStack(new SourceId(outer))));
        Assert.Equal([tiers.DbServerId], await FoundAsync(house, new WorkloadSelection.ByStack(new SourceId(inner))));
    });

    public static TheoryData<WorkloadSelection, string> Empty => new()
    {
        { new WorkloadSelection.ByTag("nobody"), "no server has the tag 'nobody'" },
        { new WorkloadSelection.ByMetadata("tier", "none"), "no server has the metadata tier=none" },
        { new WorkloadSelection.ByServers([new SourceId("11111111-2222-3333-4444-555555555555")]), "server 11111111-2222-3333-4444-555555555555 cannot be found" },
        { new WorkloadSelection.ByStack(new SourceId("11111111-2222-3333-4444-555555555555")), "There is no stack 11111111-2222-3333-4444-555555555555" },
    };

    [Theory]
    [MemberData(nameof(Empty))]
    public Task What_is_not_there_is_told_by_what_was_asked_for(WorkloadSelection selection, string told) => BlueprintCaptureTests.WithTiersAsync(async (house, _) =>
    {
        var refused = await Assert.ThrowsAsync<CaptureException>(() => FoundAsync(house, selection));

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.False(refused.MayPass);
    });

    [Fact]
    public Task A_rule_for_a_server_that_is_not_of_the_workload_is_refused() => BlueprintCaptureTests.WithTiersAsync(async (house, tiers) =>
    {
        var workload = BlueprintCaptureTests.Workload(new WorkloadSelection.ByMetadata("tier", "app")) with { Servers = [new ServerRule { Server = "db" }] };

        var refused = await Assert.ThrowsAsync<CaptureException>(() => WorkloadSelector.ResolveAsync(workload, house.SiteA, CancellationToken.None));

        Assert.Contains("server db", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(tiers.DbServerId);
    });

    static async Task<IEnumerable<string>> FoundAsync(House house, WorkloadSelection selection) =>
        (await WorkloadSelector.ResolveAsync(BlueprintCaptureTests.Workload(selection), house.SiteA, CancellationToken.None)).Select(id => id.Value);
}
