using System.Text;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Workloads;

/// <summary>Builds the three tiers, in the order in which one needs the other.</summary>
sealed class ThreeTierBuilder(SandboxCloud cloud, Backstage stage)
{
    const string KeyName = "kedge-demo";
    const string PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDbX4q1YlDdKjM3xR0m9c7m2m9pJqj2tqv1v2m3n4o5p demo@kedge";
    const int ImageBytes = 300_000;

    string imageId = "";
    string front = "", back = "", frontSubnet = "", backSubnet = "", router = "", publicNetwork = "";
    string webGroup = "", dbGroup = "", serverGroup = "";

    public async Task<ThreeTierWorkload> BuildAsync(CancellationToken cancel)
    {
        await MakeImageAndKeyAsync(cancel);
        await MakeNetworksAsync(cancel);
        await MakeGroupsAsync(cancel);
        var dbRoot = await VolumeAsync("db-root", 2, "fast", imageId, cancel);
        var dbData = await VolumeAsync("db-data", 4, "standard", null, cancel);
        var appData = await VolumeAsync("app-data", 1, "standard", null, cancel);
        Fill(dbRoot, 11, [(1_048_576, 100_000)]);
        Fill(dbData, 12, [(0, 1_000_000), (1L << 30, 70_000), ((4L << 30) - 4096, 4096)]);
        Fill(appData, 13, [(0, 250_000)]);

        var vip = await PortAsync("web-vip", front, frontSubnet, "10.10.1.100", [webGroup], false, cancel);
        var db = await DbAsync(dbRoot, dbData, cancel);
        var app = await AppAsync(appData, cancel);
        var (web, webPort) = await WebAsync(cancel);
        var floating = await FloatingAsync(webPort, cancel);
        await stage.CallAsync("POST", $"/compute/v2.1/servers/{db}/action", new JsonObject { ["lock"] = null }, cancel);
        return new ThreeTierWorkload
        {
            DbServerId = db,
            AppServerId = app,
            WebServerId = web,
            DbRootVolumeId = dbRoot,
            DbDataVolumeId = dbData,
            AppDataVolumeId = appData,
            ImageId = imageId,
            FrontNetworkId = front,
            BackNetworkId = back,
            RouterId = router,
            WebGroupId = webGroup,
            DbGroupId = dbGroup,
            ServerGroupId = serverGroup,
            KeyName = KeyName,
            VipPortId = vip,
            FloatingIpId = floating.RequiredText("id"),
            FloatingIpAddress = floating.RequiredText("floating_ip_address"),
        };
    }

    async Task MakeImageAndKeyAsync(CancellationToken cancel)
    {
        var image = new JsonObject
        {
            ["name"] = "kedge-demo-image",
            ["container_format"] = "bare",
            ["disk_format"] = "raw",
            ["min_disk"] = 1,
            ["hw_disk_bus"] = "virtio",
            ["hw_machine_type"] = "q35",
            ["hw_firmware_type"] = "uefi",
            ["os_type"] = "linux",
            ["tags"] = new JsonArray(ThreeTierWorkload.Tag),
        };
        imageId = (await stage.CallAsync("POST", "/image/v2/images", image, cancel)).RequiredText("id");
        await stage.UploadAsync($"/image/v2/images/{imageId}/file", Bytes(10, ImageBytes), cancel);
        await stage.MakeAsync("/compute/v2.1/os-keypairs", "keypair", new JsonObject { ["name"] = KeyName, ["public_key"] = PublicKey },
            cancel);
        serverGroup = await stage.IdOfAsync("/compute/v2.1/os-server-groups", "server_group",
            new JsonObject { ["name"] = "kedge-demo-apart", ["policy"] = "anti-affinity" }, cancel);
    }

    async Task MakeNetworksAsync(CancellationToken cancel)
    {
        (front, frontSubnet) = await NetworkAsync("front", "10.10.1.0/24", cancel);
        (back, backSubnet) = await NetworkAsync("back", "10.10.2.0/24", cancel);
        var networks = await stage.CallAsync("GET", "/network/v2.0/networks?router:external=true", null, cancel);
        publicNetwork = networks.Objects("networks").First().RequiredText("id");
        router = await stage.IdOfAsync("/network/v2.0/routers", "router", new JsonObject
        {
            ["name"] = "edge",
            ["description"] = "way out of the demo",
            ["external_gateway_info"] = new JsonObject { ["network_id"] = publicNetwork },
        }, cancel);
        foreach (var subnet in (string[])[frontSubnet, backSubnet])
            await stage.CallAsync("PUT", $"/network/v2.0/routers/{router}/add_router_interface", new JsonObject { ["subnet_id"] = subnet },
                cancel);
        await stage.CallAsync("PUT", $"/network/v2.0/routers/{router}", new JsonObject
        {
            ["router"] = new JsonObject
            {
                ["routes"] = new JsonArray(new JsonObject { ["destination"] = "192.168.77.0/24", ["nexthop"] = "10.10.2.20" }),
            },
        }, cancel);
    }

    async Task<(string Network, string Subnet)> NetworkAsync(string name, string cidr, CancellationToken cancel)
    {
        var network = await stage.IdOfAsync("/network/v2.0/networks", "network",
            new JsonObject { ["name"] = name, ["description"] = $"the {name} of the demo", ["mtu"] = 1400 }, cancel);
        await stage.CallAsync("PUT", $"/network/v2.0/networks/{network}/tags",
            new JsonObject { ["tags"] = new JsonArray(ThreeTierWorkload.Tag) }, cancel);
        var subnet = await stage.IdOfAsync("/network/v2.0/subnets", "subnet", new JsonObject
        {
            ["name"] = name + "-v4",
            ["network_id"] = network,
            ["ip_version"] = 4,
            ["cidr"] = cidr,
            ["dns_nameservers"] = new JsonArray("192.0.2.53"),
            ["host_routes"] = new JsonArray(new JsonObject { ["destination"] = "192.168.88.0/24",
                ["nexthop"] = cidr.Replace("0/24", "5", StringComparison.Ordinal) }),
        }, cancel);
        return (network, subnet);
    }

    async Task MakeGroupsAsync(CancellationToken cancel)
    {
        webGroup = await stage.IdOfAsync("/network/v2.0/security-groups", "security_group",
            new JsonObject { ["name"] = "web", ["description"] = "from outside" }, cancel);
        dbGroup = await stage.IdOfAsync("/network/v2.0/security-groups", "security_group",
            new JsonObject { ["name"] = "db", ["description"] = "from web only" }, cancel);
        await RuleAsync(webGroup, 443, "0.0.0.0/0", null, cancel);
        await RuleAsync(webGroup, 8125, null, dbGroup, cancel);
        await RuleAsync(dbGroup, 5432, null, webGroup, cancel);
        await RuleAsync(dbGroup, 22, "10.10.0.0/16", null, cancel);
    }

    Task<JsonObject> RuleAsync(string group, int port, string? from, string? fromGroup, CancellationToken cancel) =>
        stage.MakeAsync("/network/v2.0/security-group-rules", "security_group_rule", new JsonObject
        {
            ["security_group_id"] = group,
            ["direction"] = "ingress",
            ["ethertype"] = "IPv4",
            ["protocol"] = "tcp",
            ["port_range_min"] = port,
            ["port_range_max"] = port,
            ["remote_ip_prefix"] = from,
            ["remote_group_id"] = fromGroup,
            ["description"] = $"port {port}",
        }, cancel);

    Task<string> VolumeAsync(string name, int gibibytes, string type, string? image, CancellationToken cancel) =>
        stage.IdOfAsync("/volume/v3/volumes", "volume", new JsonObject
        {
            ["name"] = name,
            ["description"] = $"{name} of the demo",
            ["size"] = gibibytes,
            ["volume_type"] = type,
            ["imageRef"] = image,
            ["metadata"] = new JsonObject { ["purpose"] = name },
        }, cancel);

    void Fill(string volume, int seed, (long Offset, int Count)[] parts)
    {
        foreach (var (offset, count) in parts)
            cloud.World.WriteVolumeBytes(volume, offset, Bytes(seed, count));
    }

    async Task<string> PortAsync(string name, string network, string subnet, string address, string[] groups, bool hasPair,
        CancellationToken cancel)
    {
        var port = new JsonObject
        {
            ["name"] = name,
            ["description"] = name + " of the demo",
            ["network_id"] = network,
            ["fixed_ips"] = new JsonArray(new JsonObject { ["subnet_id"] = subnet, ["ip_address"] = address }),
            ["security_groups"] = groups.ToJson(),
        };
        if (hasPair)
            port["allowed_address_pairs"] = new JsonArray(new JsonObject { ["ip_address"] = "10.10.1.100" });
        return await stage.IdOfAsync("/network/v2.0/ports", "port", port, cancel);
    }

    async Task<string> DbAsync(string root, string data, CancellationToken cancel)
    {
        var port = await PortAsync("db", back, backSubnet, "10.10.2.10", [dbGroup], false, cancel);
        var server = Server("db", "2", "1", [port]);
        server["block_device_mapping_v2"] = new JsonArray(Volume(root, 0), Volume(data, null));
        return await ServerAsync(server, true, cancel);
    }

    async Task<string> AppAsync(string data, CancellationToken cancel)
    {
        var port = await PortAsync("app", back, backSubnet, "10.10.2.11", [dbGroup], false, cancel);
        var server = Server("app", "1", "2", [port]);
        server["imageRef"] = imageId;
        server["config_drive"] = true;
        server["hostname"] = "app-01";
        server["block_device_mapping_v2"] = new JsonArray(Image(), Volume(data, null));
        var id = await ServerAsync(server, true, cancel);
        cloud.World.WriteServerDiskBytes(id, ImageBytes + 1000, Encoding.UTF8.GetBytes("written after boot"));
        return id;
    }

    async Task<(string Server, string Port)> WebAsync(CancellationToken cancel)
    {
        var outer = await PortAsync("web-front", front, frontSubnet, "10.10.1.20", [webGroup], true, cancel);
        var inner = await PortAsync("web-back", back, backSubnet, "10.10.2.20", [webGroup, dbGroup], false, cancel);
        var server = Server("web", "1", "3", [outer, inner]);
        server["imageRef"] = imageId;
        server["user_data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("#cloud-config\nruncmd: [ 'systemctl start web' ]\n"));
        return (await ServerAsync(server, false, cancel), outer);
    }

    static JsonObject Server(string name, string flavor, string priority, string[] ports) => new()
    {
        ["name"] = name,
        ["description"] = $"tier {name} of the demo",
        ["flavorRef"] = flavor,
        ["key_name"] = KeyName,
        ["metadata"] = new JsonObject { ["tier"] = name, ["priority"] = priority },
        ["tags"] = new JsonArray(ThreeTierWorkload.Tag, "tier-" + name),
        ["networks"] = ports.Select(port => new JsonObject { ["port"] = port }).ToJson(),
    };

    JsonObject Image() => new()
    {
        ["boot_index"] = 0,
        ["source_type"] = "image",
        ["destination_type"] = "local",
        ["uuid"] = imageId,
        ["delete_on_termination"] = true,
    };

    static JsonObject Volume(string id, int? bootIndex) => new()
    {
        ["boot_index"] = bootIndex,
        ["source_type"] = "volume",
        ["destination_type"] = "volume",
        ["uuid"] = id,
        ["delete_on_termination"] = false,
    };

    async Task<string> ServerAsync(JsonObject server, bool isApart, CancellationToken cancel)
    {
        var body = new JsonObject { ["server"] = server };
        if (isApart)
            body["os:scheduler_hints"] = new JsonObject { ["group"] = serverGroup };
        var made = await stage.CallAsync("POST", "/compute/v2.1/servers", body, cancel);
        return made.Object("server")!.RequiredText("id");
    }

    Task<JsonObject> FloatingAsync(string port, CancellationToken cancel) => stage.MakeAsync("/network/v2.0/floatingips", "floatingip",
        new JsonObject
    {
        ["floating_network_id"] = publicNetwork,
        ["port_id"] = port,
        ["description"] = "where the world finds us",
    }, cancel);

    static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
