using System.Text.Json.Nodes;
using Kedge.Sandbox.BlockStorage;
using Kedge.Sandbox.Bytes;
using Kedge.Sandbox.Compute;
using Kedge.Sandbox.Identity;
using Kedge.Sandbox.Imaging;
using Kedge.Sandbox.Networking;
using Kedge.Sandbox.Orchestration;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Cloud;

/// <summary>Finds what the world's inspection asks for.</summary>
static class Inventory
{
    public static IReadOnlyList<JsonObject> List(CloudState cloud, ResourceKind kind)
    {
        JsonObject[] All<T>(string service, IEnumerable<T> items, Func<Call, T, JsonObject> view)
        {
            var call = Onlooker(cloud, service);
            return [.. items.Select(item => view(call, item))];
        }
        return kind switch
        {
            ResourceKind.Project => All("identity", cloud.Keystone.Projects, (_, p) => new JsonObject { ["id"] = p.Id, ["name"] = p.Name }),
            ResourceKind.User => All("identity", cloud.Keystone.Users, (_, u) => new JsonObject { ["id"] = u.Id, ["name"] = u.Name }),
            ResourceKind.Server => All("compute", cloud.Nova.Servers, ServerView.Detail),
            ResourceKind.Flavor => All("compute", cloud.Nova.Flavors, Flavors.View),
            ResourceKind.KeyPair => All("compute", cloud.Nova.KeyPairs, KeyPairs.Brief),
            ResourceKind.ServerGroup => All("compute", cloud.Nova.ServerGroups, ServerGroups.View),
            ResourceKind.Volume => All("volumev3", cloud.Cinder.Volumes, VolumeView.Detail),
            ResourceKind.VolumeType => All("volumev3", cloud.Cinder.Types, VolumeTypes.View),
            ResourceKind.VolumeSnapshot => All("volumev3", cloud.Cinder.Snapshots, (c, s) => Snapshots.View(c, s, true)),
            ResourceKind.Backup => All("volumev3", cloud.Cinder.Backups, Backups.View),
            ResourceKind.Image => All("image", cloud.Glance.Images, (_, i) => Images.View(i)),
            ResourceKind.Network => All("network", cloud.Neutron.Networks, Networks.View),
            ResourceKind.Subnet => All("network", cloud.Neutron.Subnets, (_, s) => Subnets.View(s)),
            ResourceKind.Port => All("network", cloud.Neutron.Ports, Ports.View),
            ResourceKind.Router => All("network", cloud.Neutron.Routers, Routers.View),
            ResourceKind.SecurityGroup => All("network", cloud.Neutron.SecurityGroups, (_, g) => SecurityGroups.View(g)),
            ResourceKind.FloatingIp => All("network", cloud.Neutron.FloatingIps, FloatingIps.View),
            ResourceKind.Stack => All("orchestration", cloud.Heat.Stacks,
                (_, s) => new JsonObject { ["id"] = s.Id, ["stack_name"] = s.Name }),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    }

    public static Volume Volume(CloudState cloud, string id) =>
        cloud.Cinder.Volumes.Find(id) ?? throw new KeyNotFoundException($"{cloud.Settings.Name} has no volume {id}.");

    public static SparseBytes RootDisk(CloudState cloud, string id) =>
        cloud.Nova.Servers.Find(id)?.RootDisk ?? throw new KeyNotFoundException($"{cloud.Settings.Name} has no image-booted server {id}.");

    public static SparseBytes ImageContent(CloudState cloud, string id) =>
        cloud.Glance.Images.Find(id)?.Content ?? throw new KeyNotFoundException($"{cloud.Settings.Name} has no image {id} with bytes.");

    public static Quotas Quotas(CloudState cloud, string service) => service switch
    {
        "compute" => cloud.Nova.Quotas,
        "network" => cloud.Neutron.Quotas,
        "volume" => cloud.Cinder.Quotas,
        _ => throw new KeyNotFoundException($"'{service}' has no quotas; compute, network and volume have."),
    };

    public static JsonObject TemplateOf(IEnumerable<StackResource> resources)
    {
        var template = new JsonObject();
        foreach (var resource in resources)
            template[resource.LogicalName] = new JsonObject { ["type"] = resource.Type };
        return template;
    }

    /// <summary>A call that nobody made: an admin's, at the newest microversion.</summary>
    static Call Onlooker(CloudState cloud, string type)
    {
        var service = cloud.Apis.First(s => s.Type == type);
        var keystone = cloud.Keystone;
        var project = keystone.ProjectNamed("admin");
        var user = keystone.FindUser("admin")!;
        var request = new SandboxRequest("GET", new Uri($"http://{cloud.Settings.Name}.sandbox/{service.Prefix}/"),
            new Dictionary<string, string>(), Stream.Null);
        return new Call(request, cloud, service, new Query(""), "/")
        {
            MaybeToken = new Token("", user, project, keystone.RolesOf(user, project), "password", cloud.Now, cloud.Now),
            Version = service.Microversions?.Max ?? 0,
        };
    }
}
