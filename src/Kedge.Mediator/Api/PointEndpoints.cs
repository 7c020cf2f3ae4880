using Kedge.Contracts.V1;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Api.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kedge.Mediator.Api;

/// <summary>/v1/workloads/{workload}/points: what there is to go back to.</summary>
sealed class PointEndpoints(ApiParts parts)
{
    public static void Map(IEndpointRouteBuilder v1, ApiParts parts)
    {
        var endpoints = new PointEndpoints(parts);
        var all = v1.MapGroup("/workloads/{workload}/points").WithTags("points").SeenBy(parts.View);
        all.MapGet("", endpoints.ListAsync).As("listPoints", AccessRules.PointRead, "List the points of a workload, newest first").Paged().Produces<PointPage>().Fails(ProblemCodes.NotFound);
        all.MapGet("/{point}", endpoints.GetAsync).As("getPoint", AccessRules.PointRead, "Show a point; newest: the newest usable one").Produces<PointDetails>().Fails(ProblemCodes.NotFound);
        all.MapDelete("/{point}", endpoints.DeleteAsync).As("deletePoint", AccessRules.PointDelete, "Offer a point no longer, a damaged one too")
            .Produces(StatusCodes.Status204NoContent).Fails(ProblemCodes.NotFound);
    }

    async Task<IResult> ListAsync(string workload, HttpContext context, CancellationToken cancel)
    {
        var paging = Paging.Of(context);
        var all = await parts.Points.ListAsync(workload, cancel);
        var page = await paging.NewestFirstAsync(all.Items.ToAsyncEnumerable(), point => point.Id, cancel);
        return TypedResults.Ok(new PointPage(page.Items, paging.After is null ? [.. all.Damaged.Take(Paging.Most)] : [], page.Next));
    }

    async Task<IResult> GetAsync(string workload, string point, CancellationToken cancel) =>
        TypedResults.Ok(await parts.Points.GetAsync(workload, point == "newest" ? null : point, cancel));

    async Task<IResult> DeleteAsync(string workload, string point, CancellationToken cancel)
    {
        await parts.Points.DeleteAsync(workload, point, cancel);
        return TypedResults.NoContent();
    }
}
