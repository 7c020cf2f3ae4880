using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Identity;

/// <summary>Projects, users, roles, domains, regions, services, endpoints: read mostly.</summary>
static class Directory
{
    public static SandboxResponse Projects(Call call)
    {
        var keystone = call.Cloud.Keystone;
        var seen = call.IsAdmin ? keystone.Projects : keystone.Projects.Where(p => keystone.RolesOf(call.Token.User, p).Count > 0);
        return List(call, "projects", seen.Where(p => (call.Query.First("name") ?? p.Name) == p.Name).Select(View));
    }

    public static SandboxResponse OwnProjects(Call call) => List(call, "projects", ProjectsOf(call, call.Token.User));

    public static SandboxResponse ShowProject(Call call)
    {
        var project = call.Cloud.Keystone.Projects.Find(call["id"]) ?? throw ApiFault.NotFound($"Could not find project: {call["id"]}.");
        if (!call.IsAdmin && call.ProjectId != project.Id)
            throw Denied("identity:get_project");
        return SandboxResponse.Json(200, new JsonObject { ["project"] = View(project) });
    }

    public static SandboxResponse CreateProject(Call call)
    {
        var name = call.Body("project").RequiredText("name");
        if (call.Cloud.Keystone.Projects.Any(p => p.Name == name))
            throw ApiFault.Conflict(
                $"Conflict occurred attempting to store project - it is not permitted to have two projects with the same name in the same domain : {name}.");
        return SandboxResponse.Json(201, new JsonObject { ["project"] = View(call.Cloud.Keystone.AddProject(name)) });
    }

    public static SandboxResponse Users(Call call) => List(call, "users",
        call.Cloud.Keystone.Users.Where(u => (call.Query.First("name") ?? u.Name) == u.Name).Select(View));

    public static SandboxResponse ShowUser(Call call)
    {
        var user = UserNamed(call, "identity:get_user");
        return SandboxResponse.Json(200, new JsonObject { ["user"] = View(user) });
    }

    public static SandboxResponse ProjectsOfUser(Call call) =>
        List(call, "projects", ProjectsOf(call, UserNamed(call, "identity:list_user_projects")));

    public static SandboxResponse Domains(Call call) => List(call, "domains", [DomainView()]);

    public static SandboxResponse ShowDomain(Call call) => call["id"] == Keystone.DomainId
        ? SandboxResponse.Json(200, new JsonObject { ["domain"] = DomainView() })
        : throw ApiFault.NotFound($"Could not find domain: {call["id"]}.");

    public static SandboxResponse Roles(Call call) => List(call, "roles",
        call.Cloud.Keystone.Roles.Where(r => (call.Query.First("name") ?? r.Name) == r.Name)
            .Select(r => new JsonObject { ["id"] = r.Id, ["name"] = r.Name, ["domain_id"] = null, ["links"] = new JsonObject() }));

    public static SandboxResponse RoleAssignments(Call call) => List(call, "role_assignments", call.Cloud.Keystone.Assignments
        .Where(a => (call.Query.First("user.id") ?? a.User.Id) == a.User.Id)
        .Select(a => new JsonObject
        {
            ["role"] = new JsonObject { ["id"] = a.Role.Id },
            ["user"] = new JsonObject { ["id"] = a.User.Id },
            ["scope"] = a.Project is { } project
                ? new JsonObject { ["project"] = new JsonObject { ["id"] = project.Id } }
                : new JsonObject { ["system"] = new JsonObject { ["all"] = true } },
            ["links"] = new JsonObject(),
        }));

    public static SandboxResponse Regions(Call call) => List(call, "regions",
        [new JsonObject { ["id"] = call.Cloud.Settings.Region, ["description"] = "", ["parent_region_id"] = null,
            ["links"] = new JsonObject() }]);

    public static SandboxResponse Services(Call call) => SandboxResponse.Json(200, new JsonObject
    {
        ["services"] = Identity.Endpoints.Services(call),
        ["links"] = Links(call, "services"),
    });

    public static SandboxResponse Endpoints(Call call) => SandboxResponse.Json(200, new JsonObject
    {
        ["endpoints"] = Identity.Endpoints.List(call),
        ["links"] = Links(call, "endpoints"),
    });

    static IEnumerable<JsonObject> ProjectsOf(Call call, User user) =>
        call.Cloud.Keystone.Projects.Where(p => call.Cloud.Keystone.RolesOf(user, p).Count > 0).Select(View);

    static User UserNamed(Call call, string policy)
    {
        if (!call.IsAdmin && call["id"] != call.Token.User.Id)
            throw Denied(policy);
        return call.Cloud.Keystone.Users.Find(call["id"]) ?? throw ApiFault.NotFound($"Could not find user: {call["id"]}.");
    }

    static ApiFault Denied(string policy) => new(403, $"You are not authorized to perform the requested action: {policy}.");

    static JsonObject View(Project project) => new()
    {
        ["id"] = project.Id,
        ["name"] = project.Name,
        ["description"] = project.Description,
        ["domain_id"] = Keystone.DomainId,
        ["parent_id"] = Keystone.DomainId,
        ["enabled"] = true,
        ["is_domain"] = false,
        ["tags"] = new JsonArray(),
        ["options"] = new JsonObject(),
        ["links"] = new JsonObject(),
    };

    static JsonObject View(User user) => new()
    {
        ["id"] = user.Id,
        ["name"] = user.Name,
        ["domain_id"] = Keystone.DomainId,
        ["default_project_id"] = user.DefaultProjectId,
        ["enabled"] = true,
        ["password_expires_at"] = null,
        ["options"] = new JsonObject(),
        ["links"] = new JsonObject(),
    };

    static JsonObject DomainView() => new()
    {
        ["id"] = Keystone.DomainId,
        ["name"] = "Default",
        ["description"] = "The default domain",
        ["enabled"] = true,
        ["tags"] = new JsonArray(),
        ["options"] = new JsonObject(),
        ["links"] = new JsonObject(),
    };

    static SandboxResponse List(Call call, string key, IEnumerable<JsonObject> items) =>
        SandboxResponse.Json(200, new JsonObject { [key] = items.ToJson(), ["links"] = Links(call, key) });

    static JsonObject Links(Call call, string key) => new()
    {
        ["self"] = $"{call.Origin}/identity/v3/{key}",
        ["next"] = null,
        ["previous"] = null,
    };
}
