using System.Globalization;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Imaging;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>POST /servers: everything is checked before anything is made, as far as Nova's API does.</summary>
static class ServerCreation
{
    /// <summary>Nova's limit on user data, in base64.</summary>
    const int MaxUserDataChars = 65_535;

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("server");
        ServerFields.RefuseUnknown(call, body);
        var flavor = call.Cloud.Nova.Flavors.Find(body.RequiredText("flavorRef"))
            ?? throw ApiFault.Bad($"Flavor {body.Text("flavorRef")} could not be found.");
        var image = ImageOf(call, body);
        var devices = BlockDevices.Read(call, body, image);
        var wishes = ServerNetworks.Read(call, body);
        CheckKey(call, body);
        CheckPlace(call, body);
        var group = GroupOf(call);
        ComputeQuotas.Reserve(call, flavor, group);

        var server = Make(call, body, flavor, image, group);
        call.Cloud.Nova.Servers.Add(server);
        group?.Members.Add(server.Id);
        try
        {
            ServerNetworks.Connect(call, server, wishes, body.Objects("security_groups").Select(g => g.RequiredText("name")).ToList());
            BlockDevices.Connect(call, server, devices, image);
        }
        catch (ApiFault)
        {
            ServerLife.Abandon(call.Cloud.Nova, server);
            throw;
        }
        ServerLife.Boot(call.Cloud.Nova, server);
        return Answer(call, server);
    }

    static SandboxResponse Answer(Call call, Server server) => SandboxResponse.Json(202, new JsonObject
    {
        ["server"] = new JsonObject
        {
            ["id"] = server.Id,
            ["links"] = ServerView.Links(call, server),
            ["OS-DCF:diskConfig"] = server.DiskConfig,
            ["security_groups"] = ServerView.SecurityGroupNames(call, server).ToJson(),
            ["adminPass"] = call.Cloud.Ids.Hex()[..12],
        },
    }).With("Location", $"{call.Origin}/compute/v2.1/servers/{server.Id}");

    static Image? ImageOf(Call call, JsonObject body)
    {
        if (body.Reference("imageRef") is not { } id)
            return null;
        var image = call.Cloud.Glance.Images.Find(id);
        if (image is null || !Images.MaySee(call, image))
            throw ApiFault.Bad($"Can not find requested image");
        return image.Status == "active" ? image : throw ApiFault.Bad($"Image {id} is not active.");
    }

    static void CheckKey(Call call, JsonObject body)
    {
        if (body.Reference("key_name") is { } key && !call.Cloud.Nova.KeyPairs.Exists(k => k.Name == key && k.UserId == call.Token.User.Id))
            throw ApiFault.Bad("Invalid key_name provided.");
        if (body.Text("user_data") is not { } data)
            return;
        if (data.Length > MaxUserDataChars)
            throw ApiFault.Bad($"Invalid input for field/attribute user_data. '{data[..16]}…' is too long");
        if (!Convert.TryFromBase64String(data, new byte[data.Length], out _))
            throw ApiFault.Bad($"Invalid input for field/attribute user_data. It is not a 'base64'");
    }

    static void CheckPlace(Call call, JsonObject body)
    {
        if (body.Reference("availability_zone") is { } zone && zone.Split(':')[0] != Nova.Zone)
            throw ApiFault.Bad("The requested availability zone is not available");
        var host = body.Reference("host") ?? body.Reference("hypervisor_hostname");
        if (host is null)
            return;
        call.NeedAdmin("compute:servers:create:requested_destination");
        if (!call.Cloud.Nova.Hosts.Exists(h => h.Name == host))
            throw ApiFault.Bad($"Compute host {host} could not be found.");
    }

    static ServerGroup? GroupOf(Call call)
    {
        if (ServerFields.Hints(call).Reference("group") is not { } id)
            return null;
        return call.Cloud.Nova.ServerGroups.Find(id) is { } group && call.Owns(group.ProjectId)
            ? group
            : throw ApiFault.Bad($"Instance group {id} could not be found.");
    }

    static Server Make(Call call, JsonObject body, Flavor flavor, Image? image, ServerGroup? group)
    {
        var name = body.RequiredText("name");
        var server = new Server
        {
            Id = call.Cloud.Ids.Uuid(),
            ProjectId = call.ProjectId,
            UserId = call.Token.User.Id,
            CreatedAt = call.Now,
            UpdatedAt = call.Now,
            Flavor = flavor,
            ReservationId = "r-" + call.Cloud.Ids.Hex()[..8],
            Name = name,
            Description = body.Text("description") ?? (call.Version < 19 ? name : null),
            Hostname = body.Text("hostname") ?? HostnameFrom(name),
            ImageId = image?.Id,
            KeyName = body.Reference("key_name"),
            UserData = body.Reference("user_data"),
            HasConfigDrive = body.Flag("config_drive") ?? false,
            PinnedZone = body.Reference("availability_zone")?.Split(':')[0],
            RequestedHost = body.Reference("host") ?? body.Reference("hypervisor_hostname"),
            DiskConfig = body.Text("OS-DCF:diskConfig") ?? "MANUAL",
            AccessIpv4 = body.Text("accessIPv4") ?? "",
            AccessIpv6 = body.Text("accessIPv6") ?? "",
            Group = group,
            SchedulerHints = (JsonObject)ServerFields.Hints(call).DeepClone(),
            Metadata = new(body.Map("metadata"), StringComparer.Ordinal),
            Tags = body.Texts("tags"),
        };
        server.Actions.Add(new("create", call.Now, null));
        return server;
    }

    /// <summary>As Nova derives it: lower case, and only what DNS allows.</summary>
    static string HostnameFrom(string name)
    {
        var letters = name.ToLower(CultureInfo.InvariantCulture)
            .Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : c is ' ' or '_' ? '-' : '\0');
        return string.Concat(letters.Where(c => c != '\0')).Trim('-', '.');
    }
}
