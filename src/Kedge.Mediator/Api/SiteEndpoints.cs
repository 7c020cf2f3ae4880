using Kedge.Contracts.V1;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Api.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kedge.Mediator.Api;

/// <summary>/v1/sites: the clouds that Kedge knows, and their loss.</summary>
sealed class SiteEndpoints(ApiParts parts, RunStarts starts)
{
    public static void Map(IEndpointRouteBuilder v1, ApiParts parts)
    {
        var endpoints = new SiteEndpoints(parts, new RunStarts(parts));
        var all = v1.MapGroup("/sites").WithTags("sites");
        var one = all.MapGroup("/{site}").SeenBy(parts.View);
        all.MapGet("", endpoints.ListAsync).As("listSites", AccessRules.SiteRead, "List sites by name").Paged().Produces<Page<Site>>();
        one.MapGet("", endpoints.GetAsync).As("getSite", AccessRules.SiteRead, "Show a site").Produces<Site>().Fails(ProblemCodes.NotFound);
        one.MapGet("/health", endpoints.HealthAsync).As("getSiteHealth", AccessRules.SiteRead, "What is believed of a site, and the newest evidence").Produces<SiteHealth>().Fails(ProblemCodes.NotFound);
        one.MapGet("/access", endpoints.LookAsync).As("getSiteAccess", AccessRules.SiteLook, "Ask a site as whom it lets the mediator in").Produces<SiteAccess>()
            .Fails(ProblemCodes.NotFound, ProblemCodes.CloudFailed);
        one.MapGet("/loss-preview", endpoints.PreviewAsync).As("previewSiteLoss", AccessRules.SiteLoss, "What a declared loss would do, workload by workload")
            .WithMetadata(new Problems.TimeLimit(4, false)).Produces<SiteLossPreview>().Fails(ProblemCodes.NotFound);
        one.MapPost("/losses", endpoints.DeclareAsync).As("declareSiteLost", AccessRules.SiteLoss, "A site is lost: fail over every workload of it whose policy allows it").StartsOnce()
            .Takes<SiteLossOrder>().Produces<RunStarted>(StatusCodes.Status202Accepted).Fails(ProblemCodes.RunInTheWay, ProblemCodes.Refused, ProblemCodes.NotReady);
    }

    async Task<IResult> ListAsync(HttpContext context, Caller caller, CancellationToken cancel) =>
        TypedResults.Ok(await Paging.Of(context).ByNameAsync(SeenAsync(caller, cancel), site => site.Name, cancel));

    async Task<IResult> GetAsync(string site, CancellationToken cancel) => TypedResults.Ok(await parts.Sites.GetAsync(site, cancel));

    async Task<IResult> HealthAsync(string site, CancellationToken cancel) => TypedResults.Ok(await parts.Sites.HealthAsync(site, cancel));

    async Task<IResult> LookAsync(string site, CancellationToken cancel) => TypedResults.Ok(await parts.Sites.LookAsync(site, cancel));

    async Task<IResult> PreviewAsync(string site, CancellationToken cancel) => TypedResults.Ok(await parts.Sites.PreviewLossAsync(site, cancel));

    async Task<IResult> DeclareAsync(string site, HttpContext context, Caller caller, CancellationToken cancel)
    {
        var order = await Bodies.ReadAsync(context, V1Json.Default.SiteLossOrder, null, cancel);
        return await starts.StartAsync(context, caller, beginning => parts.Runs.DeclareLostAsync(site, order, beginning, cancel), cancel);
    }

    async IAsyncEnumerable<Site> SeenAsync(Caller caller, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var site in parts.Sites.ListAsync(cancel))
        {
            if (await parts.View.SeesSiteAsync(caller, site.Name, cancel))
                yield return site;
        }
    }
}
