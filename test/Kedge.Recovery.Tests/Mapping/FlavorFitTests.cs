using System.Collections.Immutable;
using Kedge.OpenStack.Compute;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;

namespace Kedge.Recovery.Tests.Mapping;

public sealed class FlavorFitTests
{
    static readonly FlavorShape Small = new() { Name = "small", Vcpus = 2, RamMib = 2048, DiskGib = 20 };

    [Fact]
    public void The_same_content_wins_over_the_same_name()
    {
        var best = Best(Small, Flavor("1", "small", vcpus: 4), Flavor("2", "other"));

        Assert.Equal("2", best!.Flavor.Id.Value);
        Assert.True(best.IsSame);
    }

    [Fact]
    public void The_name_decides_between_equals() => Assert.Equal("2", Best(Small, Flavor("1", "aaa"), Flavor("2", "small"))!.Flavor.Id.Value);

    [Fact]
    public void The_closest_larger_one_is_taken_and_says_how_it_differs()
    {
        var best = Best(Small, Flavor("1", "huge", vcpus: 64, ram: 262144), Flavor("2", "medium", vcpus: 2, ram: 4096), Flavor("3", "tiny", vcpus: 1));

        Assert.Equal("2", best!.Flavor.Id.Value);
        Assert.Equal(["RAM 4096 MiB instead of 2048 MiB"], best.Differences);
    }

    [Fact]
    public void Nothing_smaller_is_ever_proposed() => Assert.Null(Best(Small, Flavor("1", "small", ram: 2047), Flavor("2", "b", disk: 19), Flavor("3", "c", vcpus: 1)));

    [Fact]
    public void The_root_disk_of_a_flavor_does_not_count_where_servers_boot_from_volumes()
    {
        var needed = new NeededFlavor(new SourceId("f"), Small, IsBootedFromImage: false, MinDiskGib: 0, MinRamMib: 0);

        Assert.True(FlavorFit.Of(needed, Flavor("1", "diskless", disk: 0)).IsSame);
    }

    [Fact]
    public void The_image_must_fit_as_well()
    {
        var needed = new NeededFlavor(new SourceId("f"), Small, IsBootedFromImage: true, MinDiskGib: 40, MinRamMib: 0);

        Assert.Equal(["root disk 20 GiB instead of 40 GiB"], FlavorFit.Of(needed, Flavor("1", "small")).Smaller);
    }

    [Fact]
    public void The_same_extra_specs_win_over_the_closest_size()
    {
        var pinned = Small with { ExtraSpecs = ImmutableSortedDictionary<string, string>.Empty.Add("hw:cpu_policy", "dedicated") };

        var best = Best(pinned, Flavor("1", "exact"), Flavor("2", "pinned", ram: 4096, specs: new() { ["hw:cpu_policy"] = "dedicated" }));

        Assert.Equal("2", best!.Flavor.Id.Value);
        Assert.Contains("without extra spec hw:cpu_policy=dedicated", FlavorFit.Of(Needed(pinned), Flavor("1", "exact")).Differences);
    }

    static FlavorFit? Best(FlavorShape shape, params Flavor[] flavors) => FlavorFit.Ranked(Needed(shape), flavors).FirstOrDefault();

    static NeededFlavor Needed(FlavorShape shape) => new(new SourceId("f"), shape, IsBootedFromImage: true, MinDiskGib: 0, MinRamMib: 0);

    static Flavor Flavor(string id, string name, int vcpus = 2, int ram = 2048, int disk = 20, Dictionary<string, string>? specs = null) =>
        new() { Id = new(id), Name = name, Vcpus = vcpus, RamMib = ram, DiskGib = disk, ExtraSpecs = specs ?? [] };
}
