using System.Collections.Immutable;
using Kedge.Contracts.V1;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Api.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kedge.Mediator.Api;

/// <summary>The codes of the problems that an endpoint may answer with, besides those of every endpoint.</summary>
sealed record DeclaredProblems(ImmutableArray<string> Codes)
{
    /// <summary>Of every endpoint that wants a token.</summary>
    public static readonly ImmutableArray<string> OfAll = [ProblemCodes.Unauthenticated, ProblemCodes.TooMany, ProblemCodes.StorageFailed, ProblemCodes.TooSlow];
}

/// <summary>Headers and queries that an endpoint reads by itself, for its description.</summary>
sealed record DeclaredInput(string Name, string In, bool IsRequired, string What);

/// <summary>How an endpoint is described where it is mapped.</summary>
static class Described
{
    /// <param name="id">Its operation, unique in the document.</param>
    public static RouteHandlerBuilder As(this RouteHandlerBuilder endpoint, string id, AccessRule rule, string summary)
    {
        endpoint.WithName(id).WithSummary(summary).WithMetadata(rule);
        return rule.Least > Role.Reader || rule.Everywhere ? endpoint.Fails(ProblemCodes.Forbidden) : endpoint;
    }

    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder endpoint, params string[] codes) => endpoint.WithMetadata(new DeclaredProblems([.. codes]));

    public static RouteHandlerBuilder Paged(this RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(new DeclaredInput("limit", "query", false, "So many items at most, 1 to 200; 50 where it is not said."))
        .WithMetadata(new DeclaredInput("cursor", "query", false, "The next of the page before."))
        .Fails(ProblemCodes.Invalid);

    /// <summary>It changes a record, which must be as the caller takes it to be.</summary>
    public static RouteHandlerBuilder Guarded(this RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(new DeclaredInput("If-Match", "header", false, "The ETag of what is changed, or *."))
        .WithMetadata(new DeclaredInput("If-None-Match", "header", false, "*: there is none yet."))
        .Fails(ProblemCodes.PreconditionWanted, ProblemCodes.Changed, ProblemCodes.Invalid);

    /// <summary>It starts something, once for each key.</summary>
    public static RouteHandlerBuilder StartsOnce(this RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(new DeclaredInput(Requests.OnceOnly.Header, "header", true, "The same one when the same request is sent again: it is started once."))
        .WithMetadata(new TimeLimit(8, false))
        .Fails(ProblemCodes.Invalid, ProblemCodes.KeyInUse, ProblemCodes.KeyReused, ProblemCodes.NotFound);

    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint, string mediaType = "application/json", bool isOptional = false)
        where T : notnull => endpoint.Accepts<T>(isOptional, mediaType).Fails(ProblemCodes.Malformed, ProblemCodes.MediaType, ProblemCodes.TooLarge);

    /// <summary>Only what the caller sees of a route's workload, site or run is there: before the endpoint does anything.</summary>
    public static TBuilder SeenBy<TBuilder>(this TBuilder builder, TenantView view)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilter(async (invocation, next) =>
    {
        var context = invocation.HttpContext;
        var caller = Caller.Of(context);
        if (context.GetRouteValue("workload") is string workload)
            await view.DemandWorkloadAsync(caller, workload, context.RequestAborted);
        if (context.GetRouteValue("site") is string site)
            await view.DemandSiteAsync(caller, site, context.RequestAborted);
        if (context.GetRouteValue("run") is string run)
            await view.DemandRunAsync(caller, run, context.RequestAborted);
        return await next(invocation);
    });

    static object? GetRouteValue(this HttpContext context, string name) => context.Request.RouteValues[name];
}
