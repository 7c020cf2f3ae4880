using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Contracts.V1;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Api.Requests;
using Kedge.Mediator.Desk;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kedge.Mediator.Api;

/// <summary>/v1/workloads/{workload}/mapping: what stands for what at the target.</summary>
sealed class MappingEndpoints(MappingDesk mappings)
{
    public static void Map(IEndpointRouteBuilder v1, ApiParts parts)
    {
        var endpoints = new MappingEndpoints(new MappingDesk(parts.Desk));
        var one = v1.MapGroup("/workloads/{workload}/mapping").WithTags("mappings").SeenBy(parts.View);
        one.MapGet("", endpoints.GetAsync).As("getMapping", AccessRules.MappingRead, "Show what stands for what at the target").Produces<Mapping>().Fails(ProblemCodes.NotFound);
        one.MapPut("", endpoints.PutAsync).As("putMapping", AccessRules.MappingWrite, "Write it, or replace it; readiness tells whether it fits").Guarded()
            .Takes<Mapping>().Produces<Mapping>().Fails(ProblemCodes.NotFound, ProblemCodes.NameTaken);
        one.MapPatch("", endpoints.PatchAsync).As("patchMapping", AccessRules.MappingWrite, "Change fields of it (RFC 7396)").Guarded()
            .Takes<JsonObject>(Bodies.MergePatch).Produces<Mapping>().Fails(ProblemCodes.NotFound);
        one.MapDelete("", endpoints.DeleteAsync).As("deleteMapping", AccessRules.MappingWrite, "Forget it").Guarded()
            .Produces(StatusCodes.Status204NoContent).Fails(ProblemCodes.NotFound);
    }

    async Task<IResult> GetAsync(string workload, HttpContext context, CancellationToken cancel) => Preconditions.Tagged(context, await mappings.GetAsync(workload, cancel));

    async Task<IResult> PutAsync(string workload, HttpContext context, CancellationToken cancel)
    {
        var expected = Preconditions.Of(context);
        return Preconditions.Tagged(context, await mappings.PutAsync(workload, await Bodies.ReadObjectAsync(context, "application/json", cancel), expected, cancel));
    }

    async Task<IResult> PatchAsync(string workload, HttpContext context, CancellationToken cancel)
    {
        var expected = Preconditions.Of(context);
        var patch = await Bodies.ReadObjectAsync(context, Bodies.MergePatch, cancel);
        var before = await mappings.GetAsync(workload, cancel);
        var merged = MergePatch.Apply(JsonSerializer.SerializeToNode(before.Value, V1Json.Default.Mapping)!.AsObject(), patch);
        return Preconditions.Tagged(context, await mappings.PutAsync(workload, merged, expected is Expected.Anything ? new Expected.Tagged(before.Tag) : expected, cancel));
    }

    async Task<IResult> DeleteAsync(string workload, HttpContext context, CancellationToken cancel)
    {
        await mappings.DeleteAsync(workload, Preconditions.Of(context), cancel);
        return TypedResults.NoContent();
    }
}
