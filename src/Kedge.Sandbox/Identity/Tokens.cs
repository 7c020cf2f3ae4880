using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Identity;

/// <summary>POST, GET and DELETE of /v3/auth/tokens.</summary>
static class Tokens
{
    public static SandboxResponse Issue(Call call)
    {
        var auth = call.Body("auth");
        var identity = auth.Object("identity") ?? throw ApiFault.Bad("Expecting to find identity in auth.");
        var keystone = call.Cloud.Keystone;
        var token = identity.Texts("methods").FirstOrDefault() switch
        {
            "password" => ByPassword(keystone, identity),
            "application_credential" => ByAppCredential(keystone, identity, call.Now),
            "token" => ByToken(keystone, identity),
            var method => throw new ApiFault(401, $"Attempted to authenticate with an unsupported method: {method}."),
        };
        token = keystone.Issue(token.AppCredential is null ? Scoped(keystone, token, auth) : token);
        return SandboxResponse.Json(201, View(call, token, !call.Query.Has("nocatalog"))).With("X-Subject-Token", token.Id);
    }

    public static SandboxResponse Validate(Call call)
    {
        var id = call.Request.Header("X-Subject-Token");
        var token = call.Cloud.Keystone.FindToken(id) ?? throw ApiFault.NotFound("Could not find token.");
        return SandboxResponse.Json(200, View(call, token, !call.Query.Has("nocatalog"))).With("X-Subject-Token", token.Id);
    }

    public static SandboxResponse Revoke(Call call)
    {
        if (call.Request.Header("X-Subject-Token") is { } id)
            call.Cloud.Keystone.Revoke(id);
        return SandboxResponse.Empty(204);
    }

    public static SandboxResponse Catalog(Call call) =>
        SandboxResponse.Json(200, new JsonObject { ["catalog"] = Endpoints.Catalog(call, call.Token.Project?.Id),
            ["links"] = new JsonObject() });

    static ApiFault Refused() => new(401, "The request you have made requires authentication.");

    static Token ByPassword(Keystone keystone, JsonObject identity)
    {
        var asked = identity.Object("password")?.Object("user") ?? throw ApiFault.Bad("Expecting to find user in password.");
        var user = FindUser(keystone, asked);
        if (user is null || asked.Text("password") != user.Password)
            throw Refused();
        return Bare(user, "password");
    }

    static Token ByAppCredential(Keystone keystone, JsonObject identity, DateTimeOffset now)
    {
        var asked = identity.Object("application_credential") ?? throw ApiFault.Bad(
            "Expecting to find application_credential in identity.");
        var credential = asked.Text("id") is { } id
            ? keystone.AppCredentials.Find(id)
            : FindUser(keystone, asked.Object("user") ?? []) is { } user
                ? keystone.AppCredentials.FirstOrDefault(c => c.User.Id == user.Id && c.Name == asked.Text("name"))
                : null;
        if (credential is null || credential.Secret != asked.Text("secret") || credential.ExpiresAt <= now)
            throw Refused();
        return Bare(credential.User, "application_credential") with
        {
            Project = credential.Project,
            AppCredential = credential,
            Roles = credential.Roles,
        };
    }

    static Token ByToken(Keystone keystone, JsonObject identity)
    {
        var token = keystone.FindToken(identity.Object("token")?.Text("id")) ?? throw Refused();
        if (token.AppCredential is not null)
            throw new ApiFault(403, "Application credentials cannot be rescoped.");
        return Bare(token.User, "token");
    }

    static Token Bare(User user, string method) => new("", user, null, [], method, default, default);

    static User? FindUser(Keystone keystone, JsonObject asked) =>
        asked.Text("id") is { } id ? keystone.Users.Find(id) : asked.Text("name") is { } name ? keystone.FindUser(name) : null;

    static Token Scoped(Keystone keystone, Token token, JsonObject auth)
    {
        if (auth["scope"] is not JsonObject scope)
            return auth["scope"] is null && token.User.DefaultProjectId is { } home && keystone.Projects.Find(home) is { } project
                ? ScopedTo(keystone, token, project)
                : token;
        if (scope.Object("system") is not null)
            return WithRoles(token with { IsSystem = true, Roles = keystone.RolesOf(token.User, null) });
        if (scope.Object("domain") is not null)
            return WithRoles(token with { IsDomain = true, Roles = keystone.RolesOf(token.User, null) });
        var asked = scope.Object("project") ?? throw ApiFault.Bad("Expecting to find project in scope.");
        var found = asked.Text("id") is { } id ? keystone.Projects.Find(id)
            : keystone.Projects.FirstOrDefault(p => p.Name == asked.Text("name"));
        return ScopedTo(keystone, token, found ?? throw Refused());
    }

    static Token ScopedTo(Keystone keystone, Token token, Project project) =>
        WithRoles(token with { Project = project, Roles = keystone.RolesOf(token.User, project) });

    static Token WithRoles(Token token) => token.Roles.Count > 0 ? token : throw Refused();

    static JsonObject View(Call call, Token token, bool withCatalog)
    {
        var domain = new JsonObject { ["id"] = Keystone.DomainId, ["name"] = "Default" };
        var view = new JsonObject
        {
            ["methods"] = new JsonArray(token.Method),
            ["user"] = new JsonObject
            {
                ["id"] = token.User.Id,
                ["name"] = token.User.Name,
                ["domain"] = domain.DeepClone(),
                ["password_expires_at"] = null,
            },
            ["audit_ids"] = new JsonArray(token.Id[6..28]),
            ["issued_at"] = Stamp.Micro(token.IssuedAt),
            ["expires_at"] = Stamp.Micro(token.ExpiresAt),
        };
        if (token.Roles.Count > 0)
            view["roles"] = token.Roles.Select(r => new JsonObject { ["id"] = r.Id, ["name"] = r.Name }).ToJson();
        if (token.Project is { } project)
            view["project"] = new JsonObject { ["id"] = project.Id, ["name"] = project.Name, ["domain"] = domain.DeepClone() };
        if (token.IsSystem)
            view["system"] = new JsonObject { ["all"] = true };
        if (token.IsDomain)
            view["domain"] = domain.DeepClone();
        if (token.AppCredential is { } credential)
            view["application_credential"] = new JsonObject
            {
                ["id"] = credential.Id,
                ["name"] = credential.Name,
                ["restricted"] = !credential.IsUnrestricted,
            };
        if (withCatalog && token.Roles.Count > 0)
            view["catalog"] = Endpoints.Catalog(call, token.Project?.Id);
        return new JsonObject { ["token"] = view };
    }
}
