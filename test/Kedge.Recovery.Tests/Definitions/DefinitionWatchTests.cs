using System.Collections.Immutable;
using Kedge.OpenStack.Compute;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Points;
using Kedge.Recovery.Tests.Protection;
using Kedge.Sandbox.Faults;
using Kedge.Sandbox.Workloads;

namespace Kedge.Recovery.Tests.Definitions;

public sealed class DefinitionWatchTests
{
    [Fact]
    public async Task An_unchanged_workload_costs_a_few_lists_and_stores_nothing()
    {
        await using var house = await ProtectHouse.MakeAsync();
        var watch = await WatchAsync(house);
        await LookAsync(house, watch);
        house.House.Clock.Advance(DefinitionWatch.Interval);
        var before = house.House.A.Calls.Count;

        var look = await LookAsync(house, watch);

        Assert.Equal(LookOutcome.Same, look.Outcome);
        Assert.InRange(house.House.A.Calls.Count - before, 1, 20);
        Assert.Single((await HistoryAsync(house)).Versions);
    }

    [Fact]
    public async Task A_change_of_a_server_is_a_new_version_within_one_interval()
    {
        await using var house = await ProtectHouse.MakeAsync();
        var watch = await WatchAsync(house);
        var first = await LookAsync(house, watch);
        house.House.Clock.Advance(DefinitionWatch.Interval);
        await house.House.LiveAsync(() => house.House.SiteA.Tenant.Compute.SetServerMetadataAsync(
            new ServerId(house.ThreeTier.DbServerId), new Dictionary<string, string> { ["tier"] = "gold" }, CancellationToken.None));

        var second = await LookAsync(house, watch);

        Assert.Equal((LookOutcome.Changed, LookOutcome.Changed), (first.Outcome, second.Outcome));
        var change = Assert.Single(await ChangesAsync(house));
        Assert.Equal(("servers", house.ThreeTier.DbServerId, "metadata.tier", "\"gold\""), (change.Resource, change.Id, change.Field, change.After));
    }

    [Fact]
    public async Task A_change_of_a_security_group_which_no_server_shows_is_seen_by_its_hash()
    {
        await using var house = await ProtectHouse.MakeAsync();
        var watch = await WatchAsync(house);
        await LookAsync(house, watch);
        house.House.Clock.Advance(DefinitionWatch.Interval);
        await house.House.LiveAsync(async () =>
        {
            var groups = await house.House.SiteA.Tenant.Network.ListSecurityGroupsAsync(OpenStack.Network.NetworkFilter.None, default).ToListAsync();
            var rule = groups.First(group => group.Name != "default").Rules.First(one => one.Direction == "ingress");
            await house.House.SiteA.Tenant.Network.DeleteSecurityGroupRuleAsync(rule.Id, default);
        });

        var look = await LookAsync(house, watch);

        Assert.Equal(LookOutcome.Changed, look.Outcome);
        Assert.StartsWith("rules[", Assert.Single(await ChangesAsync(house)).Field, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workload_that_cannot_be_captured_says_so_at_the_next_look_and_its_last_version_stays()
    {
        await using var house = await ProtectHouse.MakeAsync();
        var watch = await WatchAsync(house);
        var good = await LookAsync(house, watch);
        house.House.Clock.Advance(DefinitionWatch.Interval);
        house.House.A.Faults.OnCall = call => call.Service == "network" ? new FaultAction.Refuse(503, "down") : FaultAction.None;

        var failed = await LookAsync(house, watch);

        Assert.Equal((LookOutcome.Failed, 1, good.Version), (failed.Outcome, failed.FailedInARow, failed.Version));
        Assert.Equal(good.LookedAt, failed.LastSeenAt);
        Assert.NotNull(failed.Why);
        Assert.Single((await HistoryAsync(house)).Versions);
    }

    [Fact]
    public async Task A_failover_takes_the_newest_definition_with_the_newest_data()
    {
        await using var house = await ProtectHouse.MakeAsync();
        var point = await house.ProtectAsync();
        var watch = await WatchAsync(house);
        await house.House.LiveAsync(() => house.House.SiteA.Tenant.Compute.SetServerMetadataAsync(
            new ServerId(house.ThreeTier.DbServerId), new Dictionary<string, string> { ["tier"] = "gold" }, CancellationToken.None));
        var look = await LookAsync(house, watch);

        var chosen = await NewestAsync(house, point);

        Assert.Equal(look.Version, chosen.Version);
        Assert.Empty(chosen.Remarks);
        Assert.Equal("gold", chosen.Blueprint.Servers.Single(server => server.Id.Value == house.ThreeTier.DbServerId).Metadata["tier"]);
    }

    [Fact]
    public async Task A_change_that_was_taken_back_after_the_point_does_not_come_back_at_failover()
    {
        await using var house = await ProtectHouse.MakeAsync();
        await SetTierAsync(house, "silver");
        var point = await house.ProtectAsync();
        var watch = await WatchAsync(house);
        await SetTierAsync(house, "gold");
        await LookAsync(house, watch);
        house.House.Clock.Advance(DefinitionWatch.Interval);
        await SetTierAsync(house, "silver");
        var back = await LookAsync(house, watch);

        var chosen = await NewestAsync(house, point);

        Assert.Equal(LookOutcome.Changed, back.Outcome);
        Assert.Equal((back.Version, back.LookedAt), (chosen.Version, chosen.At));
        Assert.Equal(point.Blueprint, BlueprintJson.HashOf(BlueprintJson.Write(chosen.Blueprint)));
    }

    [Fact]
    public async Task A_change_that_was_seen_while_the_rest_could_not_be_read_is_stored_by_the_next_look()
    {
        await using var house = await ProtectHouse.MakeAsync();
        var watch = await WatchAsync(house);
        await LookAsync(house, watch);
        house.House.Clock.Advance(DefinitionWatch.Interval);
        await SetTierAsync(house, "gold");
        house.House.A.Faults.OnCall = call => call.Service == "network" ? new FaultAction.Refuse(503, "down") : FaultAction.None;
        var failed = await LookAsync(house, watch);
        house.House.A.Faults.OnCall = _ => FaultAction.None;

        var next = await LookAsync(house, watch);

        Assert.Equal((LookOutcome.Failed, LookOutcome.Changed), (failed.Outcome, next.Outcome));
        Assert.Equal("\"gold\"", Assert.Single(await ChangesAsync(house)).After);
    }

    [Fact]
    public async Task Only_so_many_versions_are_kept_and_their_blueprints_are_not_cleared_away()
    {
        await using var house = await ProtectHouse.MakeAsync();
        var repository = await house.OpenAsync();
        var history = repository.DefinitionsOf("small");
        for (var i = 0; i < DefinitionHistory.MostVersions + 3; i++)
        {
            await history.PutAsync(
                SmallWorkload.Blueprint with { Servers = [SmallWorkload.Blueprint.Servers[0] with { Description = $"change {i}" }] }, SmallWorkload.At.AddMinutes(i), TestContext.Current.CancellationToken);
        }
        house.House.Clock.Advance(TimeSpan.FromDays(30));
        await repository.ClearBlueprintsAsync(TestContext.Current.CancellationToken);

        var list = await history.ListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(DefinitionHistory.MostVersions, list.Versions.Length);
        Assert.Equal("change 202", (await repository.GetBlueprintAsync(list.Versions[^1].Blueprint, TestContext.Current.CancellationToken)).Servers[0].Description);
    }

    static Task SetTierAsync(ProtectHouse house, string tier) => house.House.LiveAsync(() => house.House.SiteA.Tenant.Compute.SetServerMetadataAsync(
        new ServerId(house.ThreeTier.DbServerId), new Dictionary<string, string> { ["tier"] = tier }, CancellationToken.None));

    static async Task<ChosenDefinition> NewestAsync(ProtectHouse house, RecoveryPoint point)
    {
        var repository = await house.OpenAsync();
        return await ChosenDefinition.NewestAsync(repository, house.Workload, await repository.WithBlueprintAsync(point, CancellationToken.None), null, CancellationToken.None);
    }

    static async Task<DefinitionWatch> WatchAsync(ProtectHouse house) => new(await house.OpenAsync(), house.House.Clock);

    static async Task<DefinitionLook> LookAsync(ProtectHouse house, DefinitionWatch watch)
    {
        var looks = await house.House.LiveAsync(() => watch.LookAsync(house.House.SiteA, [house.Workload], CancellationToken.None));
        return Assert.Single(looks);
    }

    static async Task<DefinitionList> HistoryAsync(ProtectHouse house) =>
        await (await house.OpenAsync()).DefinitionsOf(house.Workload.Name).ListAsync(CancellationToken.None);

    static async Task<ImmutableArray<DefinitionChange>> ChangesAsync(ProtectHouse house)
    {
        var repository = await house.OpenAsync();
        var versions = (await HistoryAsync(house)).Versions;
        return DefinitionChange.Between(
            await repository.GetBlueprintAsync(versions[^2].Blueprint, CancellationToken.None), await repository.GetBlueprintAsync(versions[^1].Blueprint, CancellationToken.None));
    }
}
