using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

static class NeutronRoutes
{
    public static Api Define()
    {
        var routes = new RouteTable();
        OfNetworks(routes);
        OfRouters(routes);
        OfSecurity(routes);
        OfOperators(routes);
        foreach (var kind in (string[])["networks", "subnets", "ports", "routers", "security-groups", "floatingips"])
            routes
                .Get($"/{kind}/{{id}}/tags", c => Tags.List(c, kind))
                .Put($"/{kind}/{{id}}/tags", c => Tags.Replace(c, kind))
                .Delete($"/{kind}/{{id}}/tags", c => Tags.Clear(c, kind))
                .Get($"/{kind}/{{id}}/tags/{{tag}}", c => Tags.Check(c, kind))
                .Put($"/{kind}/{{id}}/tags/{{tag}}", c => Tags.Add(c, kind))
                .Delete($"/{kind}/{{id}}/tags/{{tag}}", c => Tags.Remove(c, kind));
        return new("network", "neutron", "network", "/network", "v2.0", routes, Refusals.Neutron);
    }

    static void OfNetworks(RouteTable routes) => routes
        .Get("/networks", Networks.List)
        .Post("/networks", Networks.Create)
        .Get("/networks/{id}", Networks.Show)
        .Put("/networks/{id}", Networks.Update)
        .Delete("/networks/{id}", Networks.Delete)
        .Get("/subnets", Subnets.List)
        .Post("/subnets", SubnetCreation.Create)
        .Get("/subnets/{id}", Subnets.Show)
        .Put("/subnets/{id}", Subnets.Update)
        .Delete("/subnets/{id}", Subnets.Delete)
        .Get("/ports", Ports.List)
        .Post("/ports", PortCreation.Create)
        .Get("/ports/{id}", Ports.Show)
        .Put("/ports/{id}", PortUpdate.Update)
        .Delete("/ports/{id}", Ports.Delete);

    static void OfRouters(RouteTable routes) => routes
        .Get("/routers", Routers.List)
        .Post("/routers", Routers.Create)
        .Get("/routers/{id}", Routers.Show)
        .Put("/routers/{id}", Routers.Update)
        .Delete("/routers/{id}", Routers.Delete)
        .Put("/routers/{id}/add_router_interface", RouterInterfaces.Add)
        .Put("/routers/{id}/remove_router_interface", RouterInterfaces.Remove)
        .Put("/routers/{id}/add_extraroutes", RouterRoutes.Add)
        .Put("/routers/{id}/remove_extraroutes", RouterRoutes.Remove)
        .Get("/floatingips", FloatingIps.List)
        .Post("/floatingips", FloatingIps.Create)
        .Get("/floatingips/{id}", FloatingIps.Show)
        .Put("/floatingips/{id}", FloatingIps.Update)
        .Delete("/floatingips/{id}", FloatingIps.Delete)
        .Get("/floatingips/{id}/port_forwardings", _ => Nothing("port_forwardings"));

    static void OfSecurity(RouteTable routes) => routes
        .Get("/security-groups", SecurityGroups.List)
        .Post("/security-groups", SecurityGroups.Create)
        .Get("/security-groups/{id}", SecurityGroups.Show)
        .Put("/security-groups/{id}", SecurityGroups.Update)
        .Delete("/security-groups/{id}", SecurityGroups.Delete)
        .Get("/security-group-rules", SecurityGroupRules.List)
        .Post("/security-group-rules", SecurityGroupRules.Create)
        .Get("/security-group-rules/{id}", SecurityGroupRules.Show)
        .Delete("/security-group-rules/{id}", SecurityGroupRules.Delete)
        .Get("/rbac-policies", RbacPolicies.List)
        .Post("/rbac-policies", RbacPolicies.Create)
        .Get("/rbac-policies/{id}", RbacPolicies.Show)
        .Delete("/rbac-policies/{id}", RbacPolicies.Delete);

    static void OfOperators(RouteTable routes) => routes
        .Get("/quotas", NetworkQuotas.List)
        .Get("/quotas/{project}", NetworkQuotas.Show)
        .Get("/quotas/{project}/details", NetworkQuotas.Details)
        .Get("/quotas/{project}/default", NetworkQuotas.Show)
        .Put("/quotas/{project}", NetworkQuotas.Update, Access.Admin)
        .Delete("/quotas/{project}", NetworkQuotas.Reset, Access.Admin)
        .Get("/extensions", Extensions.List)
        .Get("/extensions/{alias}", Extensions.Show)
        .Get("/agents", Extensions.Agents, Access.Admin)
        .Get("/availability_zones", Extensions.Zones)
        .Get("/subnetpools", _ => Nothing("subnetpools"))
        .Get("/address-scopes", _ => Nothing("address_scopes"))
        .Get("/trunks", _ => Nothing("trunks"))
        .Get("/qos/policies", _ => Nothing("policies"));

    static SandboxResponse Nothing(string key) => SandboxResponse.Json(200, new JsonObject { [key] = new JsonArray() });
}
