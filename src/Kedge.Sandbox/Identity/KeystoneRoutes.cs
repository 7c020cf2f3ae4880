using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Identity;

static class KeystoneRoutes
{
    public static Api Define() => new("identity", "keystone", "identity", "/identity/v3", "v3", new RouteTable()
        .Post("/auth/tokens", Tokens.Issue, Access.Anyone)
        .Get("/auth/tokens", Tokens.Validate)
        .Delete("/auth/tokens", Tokens.Revoke)
        .Get("/auth/catalog", Tokens.Catalog)
        .Get("/auth/projects", Directory.OwnProjects)
        .Get("/auth/domains", Directory.Domains)
        .Get("/projects", Directory.Projects)
        .Post("/projects", Directory.CreateProject, Access.Admin)
        .Get("/projects/{id}", Directory.ShowProject)
        .Get("/users", Directory.Users, Access.Admin)
        .Get("/users/{id}", Directory.ShowUser)
        .Get("/users/{id}/projects", Directory.ProjectsOfUser)
        .Get("/users/{id}/application_credentials", AppCredentials.List)
        .Post("/users/{id}/application_credentials", AppCredentials.Create)
        .Get("/users/{id}/application_credentials/{credential}", AppCredentials.Show)
        .Delete("/users/{id}/application_credentials/{credential}", AppCredentials.Delete)
        .Get("/domains", Directory.Domains)
        .Get("/domains/{id}", Directory.ShowDomain)
        .Get("/roles", Directory.Roles)
        .Get("/role_assignments", Directory.RoleAssignments, Access.Admin)
        .Get("/regions", Directory.Regions)
        .Get("/services", Directory.Services, Access.Admin)
        .Get("/endpoints", Directory.Endpoints, Access.Admin),
        Refusals.Keystone);
}
