using Kedge.Contracts.V1;
using Kedge.Mediator.Desk;
using Microsoft.AspNetCore.Http;

namespace Kedge.Mediator.Api.Access;

/// <summary>Who asks, and may he: before anything else of a request is looked at.</summary>
/// <param name="keystone">Null: there is no Keystone whose tokens count.</param>
sealed class Doorman(ApiTokens tokens, KeystoneTokens? keystone)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<OpenToAll>() is not null)
        {
            await next(context);
            return;
        }
        if (endpoint.Metadata.GetMetadata<AccessRule>() is not { } rule)
        {
            // 405 and 415 are endpoints of the framework's own, without anything behind them.
            await next(context);
            return;
        }
        var caller = await FindAsync(context);
        if (caller is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"kedge\"";
            throw new ProblemException(ProblemCodes.Unauthenticated, "Send a token that is good: Authorization: Bearer, or X-Auth-Token.");
        }
        context.Features.Set(caller);
        if (!rule.Lets(caller))
        {
            throw new ProblemException(
                ProblemCodes.Forbidden, $"{rule.Name} wants the role {rule.Least.ToString().ToLowerInvariant()}{(rule.Everywhere ? " of all projects" : "")}; yours is {caller.Role.ToString().ToLowerInvariant()}.");
        }
        await next(context);
    }

    async Task<Caller?> FindAsync(HttpContext context)
    {
        var (bearer, auth) = (context.Request.Headers.Authorization, context.Request.Headers["X-Auth-Token"]);
        var presented = bearer is [{ } text] && text.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? text[7..].Trim() : auth is [{ } token] ? token : null;
        if (presented is not { Length: > 0 })
            return null;
        return presented.StartsWith(ApiTokens.Prefix, StringComparison.Ordinal) ? await tokens.FindAsync(presented, context.RequestAborted)
            : keystone is not null ? await keystone.FindAsync(presented, context.RequestAborted)
            : null;
    }
}

/// <summary>For whoever asks: there is nothing of any tenant in it.</summary>
sealed record OpenToAll;
