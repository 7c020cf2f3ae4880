using Kedge.OpenStack.Images;
using Kedge.OpenStack.Network;
using Kedge.OpenStack.Tests.World;

namespace Kedge.OpenStack.Tests.Lists;

public sealed class PagingTests : IDisposable
{
    readonly ImpatientClock clock = new();
    readonly ScriptedCloud world = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task Pages_are_followed_by_their_query_and_not_by_an_address_that_only_the_cloud_sees()
    {
        world.On("GET neutron/v2.0/networks?limit=500", 200, """{"networks": [{"id": "n1"}], "networks_links": [{"rel": "next", "href": "http://inside.invalid:9696/v2.0/networks?limit=500&marker=n1"}]}""")
            .On("GET neutron/v2.0/networks?limit=500&marker=n1", 200, """{"networks": [{"id": "n2"}], "networks_links": [{"rel": "previous", "href": "http://inside.invalid:9696/v2.0/networks?page_reverse=True"}]}""");
        await using var cloud = world.Connect(clock);

        var networks = await cloud.Network.ListNetworksAsync(NetworkFilter.None, Cancel).ToListAsync(Cancel);

        Assert.Equal(["n1", "n2"], networks.Select(network => network.Id.Value));
    }

    [Fact]
    public async Task Glances_pages_are_followed_too()
    {
        world.On("GET glance/v2/images?owner=p1&limit=500", 200, """{"images": [{"id": "i1", "status": "active"}], "next": "/v2/images?owner=p1&limit=500&marker=i1"}""")
            .On("GET glance/v2/images?owner=p1&limit=500&marker=i1", 200, """{"images": [{"id": "i2", "status": "active"}]}""");
        await using var cloud = world.Connect(clock);

        var images = await cloud.Images.ListImagesAsync(new ImageFilter { Owner = new("p1") }, Cancel).ToListAsync(Cancel);

        Assert.Equal(["i1", "i2"], images.Select(image => image.Id.Value));
    }

    [Fact]
    public async Task A_list_that_leads_back_to_itself_is_not_followed_for_ever()
    {
        world.On("GET neutron/v2.0/ports?limit=500", 200, """{"ports": [{"id": "x"}], "ports_links": [{"rel": "next", "href": "http://neutron.test/v2.0/ports?limit=500"}]}""");
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Network.ListPortsAsync(new PortFilter(), Cancel).ToListAsync(Cancel).AsTask());

        Assert.Equal(Fault.Protocol, failure.Fault);
        Assert.Single(world.CallsTo("GET neutron/v2.0/ports?limit=500"));
    }

    [Fact]
    public async Task A_list_is_read_as_far_as_it_is_wanted()
    {
        world.On("GET neutron/v2.0/networks?limit=500", 200, """{"networks": [{"id": "n1"}], "networks_links": [{"rel": "next", "href": "http://neutron.test/v2.0/networks?limit=500&marker=n1"}]}""");
        await using var cloud = world.Connect(clock);

        var first = await cloud.Network.ListNetworksAsync(NetworkFilter.None, Cancel).FirstAsync(Cancel);

        Assert.Equal("n1", first.Id.Value);
        Assert.Empty(world.CallsTo("GET neutron/v2.0/networks?limit=500&marker=n1"));
    }

    [Fact]
    public async Task A_filter_that_the_cloud_ignores_is_applied_here()
    {
        world.On("GET cinder/v3/p1/volumes/detail?metadata=%7B%22kedge_run%22%3A%22r1%22%7D&limit=500", 200, """
            {"volumes": [{"id": "v1", "status": "in-use", "metadata": {"kedge_run": "r1"}}, {"id": "v2", "status": "available", "metadata": {}}]}
            """);
        await using var cloud = world.Connect(clock);

        var volumes = await cloud.BlockStorage
            .ListVolumesAsync(new() { Metadata = new Dictionary<string, string> { ["kedge_run"] = "r1" } }, Cancel).ToListAsync(Cancel);

        Assert.Equal("v1", Assert.Single(volumes).Id.Value);
    }

    [Fact]
    public async Task What_stands_in_an_address_is_escaped()
    {
        await using var cloud = world.Connect(clock);

        var found = await cloud.Compute.FindKeypairAsync("a key/with?signs", new("u 1"), Cancel);

        Assert.Null(found);
        Assert.Single(world.CallsTo("GET nova/v2.1/os-keypairs/a%20key%2Fwith%3Fsigns?user_id=u%201"));
    }

    [Fact]
    public async Task Fields_that_are_new_and_states_that_are_unknown_do_not_break_a_list()
    {
        world.On("GET neutron/v2.0/routers?limit=500", 200, """{"routers": [{"id": "r1", "status": "ENCHANTED", "name": null, "tags": null, "novelty": {"a": [1]}}]}""");
        await using var cloud = world.Connect(clock);

        var router = Assert.Single(await cloud.Network.ListRoutersAsync(NetworkFilter.None, Cancel).ToListAsync(Cancel));

        Assert.Equal(NetworkStatus.Unrecognized, router.Status);
        Assert.Equal("", router.Name);
        Assert.Empty(router.Tags);
        Assert.Empty(router.Routes);
    }
}
