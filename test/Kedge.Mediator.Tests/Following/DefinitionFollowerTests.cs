using Kedge.Mediator.Following;
using Kedge.Mediator.Watch;
using Kedge.Testing;

namespace Kedge.Mediator.Tests.Following;

public sealed class DefinitionFollowerTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_leader_stores_what_changed_and_nobody_else_asks()
    {
        await using var house = await MediatorHouse.OpenAsync(new FakeClock());
        await house.AddShopAsync();
        var calls = house.A.CallCount;

        await Follower(house, leader: "another/0/0/mediator").TurnAsync("A", Cancel);
        Assert.Equal(calls, house.A.CallCount);
        await Follower(house, leader: MediatorHouse.Owner).TurnAsync("A", Cancel);

        var repository = await house.Records.OpenRepositoryAsync(Cancel);
        Assert.Single((await repository.DefinitionsOf("shop").ListAsync(Cancel)).Versions);
        Assert.Single(house.Logs.Of(3801));
    }

    [Fact]
    public async Task A_paused_workload_is_not_followed()
    {
        await using var house = await MediatorHouse.OpenAsync(new FakeClock());
        var shop = await house.AddShopAsync();
        await house.Records.Workloads.PutAsync("shop", shop with { IsPaused = true }, Cancel);
        var calls = house.A.CallCount;

        await Follower(house, leader: MediatorHouse.Owner).TurnAsync("A", Cancel);

        Assert.Equal(calls, house.A.CallCount);
    }

    static DefinitionFollower Follower(MediatorHouse house, string leader) => new(
        house.Records, house.Journal, house.Sites, new Leader(_ => Task.FromResult<IReadOnlySet<string>>(new HashSet<string> { leader }), MediatorHouse.Owner), house.Clock,
        house.Logs.CreateLogger("Kedge.Definitions"));
}
