using System.Collections.Immutable;
using Kedge.OpenStack.Network;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Tests.Capture;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox.Workloads;

namespace Kedge.Recovery.Tests.Mapping;

public sealed class MappingProposalTests
{
    [Fact]
    public Task Everything_that_a_workload_needs_has_something_standing_for_it_with_a_reason() => WithBlueprintAsync(async (house, blueprint) =>
    {
        var mapping = await ProposeAsync(house, blueprint, null);

        MappedResource[] all = [mapping.Project, .. mapping.Flavors, .. mapping.Networks, .. mapping.VolumeTypes, .. mapping.ComputeZones, .. mapping.VolumeZones, .. mapping.KeypairOwners];
        Assert.All(all, resource => Assert.NotNull(resource.Target));
        Assert.All(all, resource => Assert.NotEmpty(resource.Why));
        Assert.Equal(house.B.World.ProjectId("demo"), mapping.Project.Target);
        Assert.Equal(house.B.World.UserId("demo"), Assert.Single(mapping.KeypairOwners).Target);
        Assert.Equal("the only external network there", Assert.Single(mapping.Networks).Why);
        Assert.All(mapping.Flavors, flavor => Assert.Contains("same sizes and extra specs", flavor.Why, StringComparison.Ordinal));
        Assert.DoesNotContain(mapping.VolumeTypes, type => type.Target == type.Source.Value);
        Assert.Empty(await MappingCheck.CheckAsync(mapping, blueprint, house.SiteB, CancellationToken.None));
    });

    [Fact]
    public Task Of_several_external_networks_none_is_taken_and_all_are_named() => WithBlueprintAsync(async (house, blueprint) =>
    {
        var second = await house.SiteB.Admin!.Network.CreateNetworkAsync(new NewNetwork { Name = "public", IsExternal = true }, CancellationToken.None);

        var network = Assert.Single((await ProposeAsync(house, blueprint, null)).Networks);

        Assert.Null(network.Target);
        Assert.Contains(second.Id.Value, network.Why, StringComparison.Ordinal);
    });

    [Fact]
    public Task What_was_chosen_by_hand_stays_and_what_was_proposed_does_not_change() => WithBlueprintAsync(async (house, blueprint) =>
    {
        var first = await ProposeAsync(house, blueprint, null);
        var chosen = first with { Flavors = [first.Flavors[0] with { Target = "3", TargetName = "m1.medium", Why = "chosen by hand: it needs more there" }, .. first.Flavors[1..]], FloatingIps = FloatingIpPolicy.None };
        await house.SiteB.Admin!.Network.CreateNetworkAsync(new NewNetwork { Name = "other", IsExternal = true }, CancellationToken.None);

        var second = await ProposeAsync(house, blueprint, chosen);

        Assert.Equal("3", second.Flavors[0].Target);
        Assert.Equal(first.Networks, second.Networks);
        Assert.Equal(FloatingIpPolicy.None, second.FloatingIps);
    });

    [Fact]
    public Task A_proposal_needs_no_source() => WithBlueprintAsync(async (house, blueprint) =>
    {
        await house.A.KillAsync();

        var mapping = await ProposeAsync(house, blueprint, null);

        Assert.All(mapping.Flavors, flavor => Assert.NotNull(flavor.Target));
        Assert.All(mapping.VolumeTypes, type => Assert.Contains("the source could not be asked", type.Why, StringComparison.Ordinal));
    });

    [Fact]
    public Task A_check_lists_every_problem_with_its_field_and_what_to_do() => WithBlueprintAsync(async (house, blueprint) =>
    {
        var mapping = await ProposeAsync(house, blueprint, null);
        var small = mapping.Flavors.IndexOf(mapping.Flavors.Single(flavor => flavor.SourceName == "m1.small"));
        var wrong = mapping with
        {
            Flavors = mapping.Flavors.SetItem(small, mapping.Flavors[small] with { Target = "42" }),
            Networks = [mapping.Networks[0] with { Target = "gone" }],
            VolumeTypes = [mapping.VolumeTypes[0] with { Target = null }],
            ComputeZones = [mapping.ComputeZones[0] with { Target = "mars" }],
            Project = mapping.Project with { Target = "elsewhere" },
        };

        var problems = await MappingCheck.CheckAsync(wrong, blueprint, house.SiteB, CancellationToken.None);

        Assert.Contains(problems, problem => problem.Field == $"flavors[{small}].target" && problem.What.Contains("RAM 128 MiB instead of 2048 MiB", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Field == "networks[0].target" && problem.What.Contains("There is no network gone", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Field == "volumeTypes[0].target");
        Assert.Contains(problems, problem => problem.Field == "volumeTypes" && problem.What.Contains("Nothing stands for volume type", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Field == "computeZones[0].target" && problem.Fix.Contains("nova", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Field == "project.target");
        Assert.All(problems, problem => Assert.NotEmpty(problem.Fix));
    });

    [Fact]
    public async Task A_network_of_another_project_is_mapped_by_its_addresses()
    {
        await using var house = House.WithTwoClouds();
        var shared = new NetworkBlueprint { Id = new("n"), Name = "provider", Project = new("op"), IsMapped = true, IsShared = true };
        var subnet = new SubnetBlueprint { Id = new("s"), Name = "", Network = shared.Id, IpVersion = 4, Cidr = "10.77.0.0/24" };
        var blueprint = SmallWorkload.Blueprint with
        {
            Networks = [shared],
            Subnets = [subnet],
            Routers = [],
            FloatingIps = [],
            Ports = [new PortBlueprint { Id = new("p"), Name = "", Network = shared.Id, MacAddress = "fa:16:3e:00:00:01", FixedIps = [new(subnet.Id, "10.77.0.9")] }],
        };

        var mapping = await house.LiveAsync(async () =>
        {
            var admin = house.SiteB.Admin!.ForProject(new(house.B.World.ProjectId("admin")));
            foreach (var cidr in (string[])["10.76.0.0/24", "10.77.0.0/24"])
            {
                var network = await admin.Network.CreateNetworkAsync(new NewNetwork { Name = cidr, IsShared = true }, CancellationToken.None);
                await admin.Network.CreateSubnetAsync(new NewSubnet { NetworkId = network.Id, Cidr = cidr, IpVersion = 4, Name = cidr }, CancellationToken.None);
            }
            return await ProposeAsync(house, blueprint, null);
        });

        Assert.Equal("10.77.0.0/24", Assert.Single(mapping.Networks).TargetName);
        Assert.Equal("same addresses, 10.77.0.0/24", Assert.Single(mapping.Subnets).Why);
    }

    static Task<SiteMapping> ProposeAsync(House house, Blueprint blueprint, SiteMapping? existing) =>
        MappingProposal.ProposeAsync(blueprint, house.SiteA, house.SiteB, existing, CancellationToken.None);

    static Task WithBlueprintAsync(Func<House, Blueprint, Task> body) => BlueprintCaptureTests.WithTiersAsync(async (house, _) =>
        await body(house, (await BlueprintCaptureTests.CaptureAsync(house, new WorkloadSelection.ByTag(ThreeTierWorkload.Tag))).Blueprint));
}
