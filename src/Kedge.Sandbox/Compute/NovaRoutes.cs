using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

static class NovaRoutes
{
    public static Api Define(SandboxSettings settings)
    {
        var routes = new RouteTable();
        OfServers(routes);
        OfPartsOfServers(routes);
        OfFlavorsAndKeys(routes);
        OfOperators(routes);
        return new("compute", "nova", "compute", "/compute/v2.1", "v2.1", routes, Refusals.Nova,
            new Microversions("compute", 2, 1, settings.NovaMicroversion, "X-OpenStack-Nova-API-Version"));
    }

    static void OfServers(RouteTable routes) => routes
        .Get("/servers", c => Servers.List(c, false))
        .Get("/servers/detail", c => Servers.List(c, true))
        .Post("/servers", ServerCreation.Create)
        .Get("/servers/{id}", Servers.Show)
        .Put("/servers/{id}", Servers.Update)
        .Delete("/servers/{id}", Servers.Delete)
        .Post("/servers/{id}/action", ServerActions.Do)
        .Get("/servers/{id}/ips", Servers.Addresses)
        .Get("/servers/{id}/os-security-groups", Servers.SecurityGroups)
        .Get("/servers/{id}/os-instance-actions", InstanceActions.List)
        .Get("/servers/{id}/os-instance-actions/{request}", InstanceActions.Show);

    static void OfPartsOfServers(RouteTable routes) => routes
        .Get("/servers/{id}/metadata", ServerMetadata.List)
        .Post("/servers/{id}/metadata", ServerMetadata.Add)
        .Put("/servers/{id}/metadata", ServerMetadata.Replace)
        .Get("/servers/{id}/metadata/{key}", ServerMetadata.Show)
        .Put("/servers/{id}/metadata/{key}", ServerMetadata.Set)
        .Delete("/servers/{id}/metadata/{key}", ServerMetadata.Remove)
        .Get("/servers/{id}/tags", ServerTags.List)
        .Put("/servers/{id}/tags", ServerTags.Replace)
        .Delete("/servers/{id}/tags", ServerTags.Clear)
        .Get("/servers/{id}/tags/{tag}", ServerTags.Check)
        .Put("/servers/{id}/tags/{tag}", ServerTags.Add)
        .Delete("/servers/{id}/tags/{tag}", ServerTags.Remove)
        .Get("/servers/{id}/os-volume_attachments", ServerVolumes.List)
        .Post("/servers/{id}/os-volume_attachments", ServerVolumes.Attach)
        .Get("/servers/{id}/os-volume_attachments/{volume}", ServerVolumes.Show)
        .Put("/servers/{id}/os-volume_attachments/{volume}", ServerVolumes.Update)
        .Delete("/servers/{id}/os-volume_attachments/{volume}", ServerVolumes.Detach)
        .Get("/servers/{id}/os-interface", ServerInterfaces.List)
        .Post("/servers/{id}/os-interface", ServerInterfaces.Attach)
        .Delete("/servers/{id}/os-interface/{port}", ServerInterfaces.Detach);

    static void OfFlavorsAndKeys(RouteTable routes) => routes
        .Get("/flavors", c => Flavors.List(c, false))
        .Get("/flavors/detail", c => Flavors.List(c, true))
        .Post("/flavors", Flavors.Create, Access.Admin)
        .Get("/flavors/{id}", Flavors.Show)
        .Delete("/flavors/{id}", Flavors.Delete, Access.Admin)
        .Get("/flavors/{id}/os-extra_specs", Flavors.ExtraSpecs)
        .Post("/flavors/{id}/os-extra_specs", Flavors.AddExtraSpecs, Access.Admin)
        .Get("/os-keypairs", KeyPairs.List)
        .Post("/os-keypairs", KeyPairs.Create)
        .Get("/os-keypairs/{name}", KeyPairs.Show)
        .Delete("/os-keypairs/{name}", KeyPairs.Delete)
        .Get("/os-server-groups", ServerGroups.List)
        .Post("/os-server-groups", ServerGroups.Create)
        .Get("/os-server-groups/{id}", ServerGroups.Show)
        .Delete("/os-server-groups/{id}", ServerGroups.Delete);

    static void OfOperators(RouteTable routes) => routes
        .Get("/limits", ComputeQuotas.Limits)
        .Get("/os-quota-sets/{project}", ComputeQuotas.Show)
        .Get("/os-quota-sets/{project}/defaults", ComputeQuotas.Show)
        .Get("/os-quota-sets/{project}/detail", ComputeQuotas.Detail)
        .Put("/os-quota-sets/{project}", ComputeQuotas.Update, Access.Admin)
        .Delete("/os-quota-sets/{project}", ComputeQuotas.Reset, Access.Admin)
        .Get("/os-availability-zone", c => Hosts.Zones(c, false))
        .Get("/os-availability-zone/detail", c => Hosts.Zones(c, true), Access.Admin)
        .Get("/os-services", Hosts.Services, Access.Admin)
        .Put("/os-services/{id}", Hosts.UpdateService, Access.Admin)
        .Get("/os-hypervisors", c => Hosts.Hypervisors(c, false), Access.Admin)
        .Get("/os-hypervisors/detail", c => Hosts.Hypervisors(c, true), Access.Admin)
        .Get("/os-aggregates", _ => Nothing("aggregates"), Access.Admin)
        .Get("/extensions", _ => Nothing("extensions"));

    static SandboxResponse Nothing(string key) => SandboxResponse.Json(200, new JsonObject { [key] = new JsonArray() });
}
