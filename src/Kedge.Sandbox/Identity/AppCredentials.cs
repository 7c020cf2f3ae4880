using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Identity;

/// <summary>Application credentials: owned by a user, bound to a project, restricted unless asked otherwise.</summary>
static class AppCredentials
{
    public static SandboxResponse List(Call call)
    {
        OwnOnly(call);
        var own = call.Cloud.Keystone.AppCredentials.Where(c => c.User.Id == call["id"]);
        return SandboxResponse.Json(200,
            new JsonObject { ["application_credentials"] = own.Select(c => View(c, null)).ToJson(), ["links"] = new JsonObject() });
    }

    public static SandboxResponse Show(Call call) =>
        SandboxResponse.Json(200, new JsonObject { ["application_credential"] = View(Get(call), null) });

    public static SandboxResponse Create(Call call)
    {
        OwnOnly(call);
        if (call.Token.AppCredential is { IsUnrestricted: false })
            throw new ApiFault(403,
                "Using method 'application_credential' is not allowed for managing additional application credentials.");
        var body = call.Body("application_credential");
        var name = body.RequiredText("name");
        if (call.Cloud.Keystone.AppCredentials.Any(c => c.User.Id == call["id"] && c.Name == name))
            throw ApiFault.Conflict(
                $"Conflict occurred attempting to store application_credential - Duplicate entry found with name {name}.");
        var secret = body.Text("secret") ?? call.Cloud.Ids.Hex();
        var project = call.Token.Project ?? throw ApiFault.Bad("An application credential needs a project-scoped token.");
        var credential = new AppCredential(call.Cloud.Ids.Hex(), name, secret, call.Token.User, project, AskedRoles(call, body))
        {
            Description = body.Text("description"),
            ExpiresAt = body.Text("expires_at") is { } at ? Stamp.Parse(at) : null,
            IsUnrestricted = body.Flag("unrestricted") ?? false,
        };
        call.Cloud.Keystone.AppCredentials.Add(credential);
        return SandboxResponse.Json(201, new JsonObject { ["application_credential"] = View(credential, secret) });
    }

    public static SandboxResponse Delete(Call call)
    {
        call.Cloud.Keystone.AppCredentials.Remove(Get(call));
        return SandboxResponse.Empty(204);
    }

    static IReadOnlyList<Role> AskedRoles(Call call, JsonObject body)
    {
        var asked = body.Objects("roles").ToList();
        if (asked is [])
            return call.Token.Roles;
        return [.. asked.Select(r => call.Token.Roles.FirstOrDefault(own => own.Id == r.Text("id") || own.Name == r.Text("name"))
            ?? throw ApiFault.Bad("Invalid application credential: a role was asked for that the user does not have."))];
    }

    static AppCredential Get(Call call)
    {
        OwnOnly(call);
        return call.Cloud.Keystone.AppCredentials.Find(call["credential"]) is { } credential && credential.User.Id == call["id"]
            ? credential
            : throw ApiFault.NotFound($"Could not find Application Credential: {call["credential"]}.");
    }

    static void OwnOnly(Call call)
    {
        if (call["id"] != call.Token.User.Id && !call.IsAdmin)
            throw new ApiFault(403, "You are not authorized to perform the requested action: identity:list_application_credentials.");
    }

    static JsonObject View(AppCredential credential, string? secret)
    {
        var view = new JsonObject
        {
            ["id"] = credential.Id,
            ["name"] = credential.Name,
            ["description"] = credential.Description,
            ["project_id"] = credential.Project.Id,
            ["user_id"] = credential.User.Id,
            ["unrestricted"] = credential.IsUnrestricted,
            ["expires_at"] = credential.ExpiresAt is { } at ? Stamp.Bare(at) : null,
            ["roles"] = credential.Roles.Select(r => new JsonObject { ["id"] = r.Id, ["name"] = r.Name, ["domain_id"] = null }).ToJson(),
            ["links"] = new JsonObject(),
        };
        if (secret is not null)
            view["secret"] = secret;
        return view;
    }
}
