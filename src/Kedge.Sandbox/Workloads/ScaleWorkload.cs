using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Workloads;

/// <summary>Many plain servers in the project <c>demo</c>: each boots from a volume, has a data volume and one port.</summary>
public sealed record ScaleWorkload
{
    /// <summary>Tag that all servers carry.</summary>
    public const string Tag = "scale";

    /// <summary>What fits into its one network.</summary>
    public const int MaxServers = 10_000;

    public required IReadOnlyList<string> ServerIds { get; init; }

    /// <summary>Root and data volume of each server in turn.</summary>
    public required IReadOnlyList<string> VolumeIds { get; init; }

    public required string NetworkId { get; init; }

    /// <summary>
    /// Builds it as the user <c>demo</c>, at once whatever the cloud's latencies; not counted among the calls and out of reach of faults.
    /// </summary>
    public static async Task<ScaleWorkload> BuildAsync(SandboxCloud cloud, int servers, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(servers, MaxServers);
        var stage = await Backstage.EnterAsync(cloud, cancel);
        var network = await stage.IdOfAsync("/network/v2.0/networks", "network", new JsonObject { ["name"] = "scale" }, cancel);
        await stage.MakeAsync("/network/v2.0/subnets", "subnet",
            new JsonObject { ["name"] = "scale-v4", ["network_id"] = network, ["ip_version"] = 4, ["cidr"] = "10.64.0.0/16" }, cancel);
        var images = await stage.CallAsync("GET", "/image/v2/images?visibility=public", null, cancel);
        var image = images.Objects("images").First().RequiredText("id");

        var serverIds = new List<string>();
        var volumeIds = new List<string>();
        for (var i = 1; i <= servers; i++)
        {
            var name = "srv-" + i.ToString("d5", CultureInfo.InvariantCulture);
            var root = await VolumeAsync(stage, name + "-root", image, cancel);
            var data = await VolumeAsync(stage, name + "-data", null, cancel);
            cloud.World.WriteVolumeBytes(data, 4096, Encoding.UTF8.GetBytes("data of " + name));
            volumeIds.AddRange([root, data]);
            serverIds.Add(await ServerAsync(stage, name, network, root, data, cancel));
        }
        return new() { ServerIds = serverIds, VolumeIds = volumeIds, NetworkId = network };
    }

    static Task<string> VolumeAsync(Backstage stage, string name, string? image, CancellationToken cancel) =>
        stage.IdOfAsync("/volume/v3/volumes", "volume", new JsonObject { ["name"] = name, ["size"] = 1, ["imageRef"] = image }, cancel);

    static async Task<string> ServerAsync(Backstage stage, string name, string network, string root, string data, CancellationToken cancel)
    {
        var port = await stage.IdOfAsync("/network/v2.0/ports", "port", new JsonObject { ["name"] = name, ["network_id"] = network },
            cancel);
        return await stage.IdOfAsync("/compute/v2.1/servers", "server", new JsonObject
        {
            ["name"] = name,
            ["flavorRef"] = "1",
            ["tags"] = new JsonArray(Tag),
            ["networks"] = new JsonArray(new JsonObject { ["port"] = port }),
            ["block_device_mapping_v2"] = new JsonArray(Volume(root, 0), Volume(data, null)),
        }, cancel);
    }

    static JsonObject Volume(string id, int? bootIndex) => new()
    {
        ["boot_index"] = bootIndex,
        ["source_type"] = "volume",
        ["destination_type"] = "volume",
        ["uuid"] = id,
    };
}
