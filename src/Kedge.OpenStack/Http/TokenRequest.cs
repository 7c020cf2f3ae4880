using System.Text.Json.Nodes;

namespace Kedge.OpenStack.Http;

/// <summary>Writes the request for a token. <c>https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management</c></summary>
static class TokenRequest
{
    public static Request For(Credential credential, CloudScope scope)
    {
        // Asking for a token without a scope would get the user's default project: a given token is looked at instead.
        if (credential is Credential.Token { Value: var given } && scope is CloudScope.None)
        {
            return Request.Get($"auth/tokens") with
            {
                IsAnonymous = true,
                Headers = [new("X-Auth-Token", given), new("X-Subject-Token", given)],
            };
        }

        var auth = new JsonObject { ["identity"] = IdentityOf(credential) };
        if (credential is not Credential.Application && ScopeOf(scope) is { } wanted)
            auth["scope"] = wanted;

        // A token that nobody uses does no harm: asked for again like a read.
        return Request.Post($"auth/tokens").With(new JsonObject { ["auth"] = auth }) with { IsAnonymous = true, IsRead = true };
    }

    static JsonObject IdentityOf(Credential credential)
    {
        switch (credential)
        {
            case Credential.Password password:
                var user = UserOf(password.User);
                user["password"] = password.Secret;
                return Identity("password", new JsonObject { ["user"] = user });
            case Credential.Application application:
                var body = new JsonObject { ["secret"] = application.Secret };
                if (application.Id is { } id)
                {
                    body["id"] = id.Value;
                }
                else
                {
                    body["name"] = application.Name;
                    body["user"] = application.User is { } owner ? UserOf(owner) : null;
                }

                return Identity("application_credential", body);
            case Credential.Token token:
                return Identity("token", new JsonObject { ["id"] = token.Value });
            default:
                throw new System.Diagnostics.UnreachableException($"{credential.GetType().Name} is not a credential.");
        }
    }

    static JsonObject Identity(string method, JsonObject body) => new() { ["methods"] = new JsonArray(method), [method] = body };

    static JsonObject? ScopeOf(CloudScope scope) => scope switch
    {
        CloudScope.Project { Id: { } id } => new() { ["project"] = new JsonObject { ["id"] = id.Value } },
        CloudScope.Project project => new() { ["project"] = Named(project.Name, project.DomainId, project.DomainName) },
        CloudScope.Domain domain => new() { ["domain"] = DomainOf(domain.Id, domain.Name) },
        CloudScope.System => new() { ["system"] = new JsonObject { ["all"] = true } },
        _ => null,
    };

    static JsonObject UserOf(UserReference user) =>
        user.Id is { } id ? new() { ["id"] = id.Value } : Named(user.Name, user.DomainId, user.DomainName);

    static JsonObject Named(string? name, Identity.DomainId? domainId, string? domainName) => new()
    {
        ["name"] = name,
        ["domain"] = DomainOf(domainId, domainName),
    };

    static JsonObject DomainOf(Identity.DomainId? id, string? name) => id is { } known ? new() { ["id"] = known.Value } : new() { ["name"] = name };
}
