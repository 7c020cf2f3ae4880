using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Points;

namespace Kedge.Recovery.Tests.Definitions;

public sealed class DefinitionMergeTests
{
    static readonly Blueprint AtPoint = SmallWorkload.Blueprint with
    {
        Servers = [SmallWorkload.Blueprint.Servers[0], Server("server-third", ("volume-third", 0)), SmallWorkload.Blueprint.Servers[1]],
        Volumes = [.. SmallWorkload.Blueprint.Volumes, new VolumeBlueprint { Id = Id("volume-third"), Name = "third", SizeGib = 1 }],
    };

    static readonly RecoveryPoint Point = WithThird(SmallWorkload.Point([Link("b1")], [Link("b2")], "image"));

    [Fact]
    public void What_was_changed_since_the_point_is_as_it_was_changed()
    {
        var newest = AtPoint with
        {
            Servers = [.. AtPoint.Servers.Select(server => server with { Description = "new words", Flavor = Id("flavor-2"), Tags = ["new"] })],
            SecurityGroups = [.. AtPoint.SecurityGroups.Select(group => group with { Rules = [] })],
        };

        var (definition, remarks) = DefinitionMerge.Of(Point, AtPoint, newest);

        Assert.Empty(remarks);
        Assert.Equal(BlueprintJson.Write(newest), BlueprintJson.Write(definition!));
    }

    [Fact]
    public void A_disk_attached_after_the_point_has_no_data_and_is_left_out_and_said()
    {
        var newest = AtPoint with
        {
            Servers = [.. AtPoint.Servers.Select(server => server.Name == "web" ? server with { Volumes = server.Volumes.Add(new AttachedVolume { Volume = Id("volume-new") }) } : server)],
            Volumes = AtPoint.Volumes.Add(new VolumeBlueprint { Id = Id("volume-new"), Name = "new", SizeGib = 5 }),
        };

        var (definition, remarks) = DefinitionMerge.Of(Point, AtPoint, newest);

        Assert.Equal(["volume-shared"], definition!.Servers.Single(server => server.Name == "web").Volumes.Select(disk => disk.Volume.Value));
        Assert.DoesNotContain(definition.Volumes, volume => volume.Id.Value == "volume-new");
        Assert.Contains(remarks, remark => remark.Contains("volume-new was attached", StringComparison.Ordinal));
        Assert.Contains(remarks, remark => remark.Contains("no data of it", StringComparison.Ordinal));
    }

    [Fact]
    public void A_disk_detached_after_the_point_is_back_where_the_data_of_the_root_disk_expects_it()
    {
        var newest = AtPoint with { Servers = [.. AtPoint.Servers.Select(server => server.Name == "web" ? server with { Volumes = [] } : server)] };

        var (definition, remarks) = DefinitionMerge.Of(Point, AtPoint, newest);

        Assert.Equal(["volume-shared"], definition!.Servers.Single(server => server.Name == "web").Volumes.Select(disk => disk.Volume.Value));
        Assert.Contains(remarks, remark => remark.Contains("volume-shared was detached", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("volume-unknown", "no data of its volume volume-unknown")]
    [InlineData("volume-root", "another server's at the point")]
    public void A_server_made_after_the_point_without_data_of_its_own_is_never_invented(string disk, string why)
    {
        var port = AtPoint.Ports[0] with { Id = Id("port-new"), Server = Id("server-new") };
        var newest = AtPoint with
        {
            Servers = AtPoint.Servers.Add(Server("server-new", (disk, 0)) with { Ports = [new AttachedPort { Port = port.Id }] }),
            Ports = AtPoint.Ports.Add(port),
            ServerGroups = [.. AtPoint.ServerGroups.Select(group => group with { Members = group.Members.Add(Id("server-new")) })],
            FloatingIps = AtPoint.FloatingIps.Add(new FloatingIpBlueprint { Id = Id("fip-new"), Address = "198.51.100.77", ExternalNetwork = Id("network-public"), Port = port.Id, FixedIp = "10.1.0.11" }),
        };

        var (definition, remarks) = DefinitionMerge.Of(Point, AtPoint, newest);

        Assert.DoesNotContain(definition!.Servers, server => server.Id.Value == "server-new");
        Assert.DoesNotContain(definition.Ports, one => one.Id == port.Id);
        Assert.DoesNotContain(Id("server-new"), definition.ServerGroups[0].Members);
        Assert.Null(definition.FloatingIps.Single(floating => floating.Id.Value == "fip-new").Port);
        Assert.Contains(remarks, remark => remark.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public void A_server_made_anew_from_the_disk_of_one_that_is_gone_is_taken_with_that_data()
    {
        var newest = AtPoint with { Servers = [.. AtPoint.Servers.Where(server => server.Id.Value != "server-third"), Server("server-anew", ("volume-third", 0))] };

        var (definition, remarks) = DefinitionMerge.Of(Point, AtPoint, newest);

        Assert.Contains(definition!.Servers, server => server.Id.Value == "server-anew");
        Assert.Contains(definition.Volumes, volume => volume.Id.Value == "volume-third");
        Assert.Contains(remarks, remark => remark.StartsWith("Server server-third", StringComparison.Ordinal));
    }

    [Fact]
    public void A_server_taken_out_of_the_workload_is_not_restored_and_neither_are_its_disks()
    {
        var newest = AtPoint with
        {
            Servers = [.. AtPoint.Servers.Where(server => server.Id.Value != "server-third")],
            Volumes = [.. AtPoint.Volumes.Where(volume => volume.Id.Value != "volume-third")],
        };

        var (definition, remarks) = DefinitionMerge.Of(Point, AtPoint, newest);

        Assert.Equal(2, definition!.Servers.Length);
        Assert.DoesNotContain(definition.Volumes, volume => volume.Id.Value == "volume-third");
        Assert.Equal(2, remarks.Length);
    }

    [Fact]
    public void A_definition_that_lost_most_of_the_servers_may_be_the_disaster_and_is_not_used()
    {
        var (definition, remarks) = DefinitionMerge.Of(Point, AtPoint, AtPoint with { Servers = [AtPoint.Servers[0]] });

        Assert.Null(definition);
        Assert.Contains("2 of the point's 3 servers", remarks[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_definition_that_could_be_read_less_well_than_the_points_is_not_used()
    {
        var worse = AtPoint with { Unreadable = [new UnreadableField("server", Id("server-db"), "userData", "shown to admins only")] };

        var (definition, remarks) = DefinitionMerge.Of(Point, AtPoint, worse);

        Assert.Null(definition);
        Assert.Contains("userData", remarks[0], StringComparison.Ordinal);
    }

    static SourceId Id(string text) => SmallWorkload.Id(text);

    static BackupLink Link(string id) => new() { BackupId = id, Service = "s", Url = "u" };

    static RecoveryPoint WithThird(RecoveryPoint point) => point with
    {
        Volumes = point.Volumes.Add(new VolumeCopy { Volume = Id("volume-third"), DataAt = SmallWorkload.At, SizeGib = 1, Chain = [Link("b3")] }),
    };

    static ServerBlueprint Server(string id, params (string Volume, int Boot)[] disks) => SmallWorkload.Blueprint.Servers[0] with
    {
        Id = Id(id), Name = id, ServerGroup = null, Ports = [], Volumes = [.. disks.Select(disk => new AttachedVolume { Volume = Id(disk.Volume), BootIndex = disk.Boot })],
    };
}
