using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Contracts.V1;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Api.Requests;
using Kedge.Mediator.Desk;
using Kedge.Recovery.Formats;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kedge.Mediator.Api;

/// <summary>/v1/workloads, and what is known of them.</summary>
sealed class WorkloadEndpoints(ApiParts parts)
{
    public static void Map(IEndpointRouteBuilder v1, ApiParts parts)
    {
        var endpoints = new WorkloadEndpoints(parts);
        var all = v1.MapGroup("/workloads").WithTags("workloads");
        var one = all.MapGroup("/{workload}").SeenBy(parts.View);
        all.MapGet("", endpoints.ListAsync).As("listWorkloads", AccessRules.WorkloadRead, "List workloads by name").Paged().Produces<Page<Workload>>();
        one.MapGet("", endpoints.GetAsync).As("getWorkload", AccessRules.WorkloadRead, "Show a workload").Produces<Workload>().Fails(ProblemCodes.NotFound);
        // Not seen by the filter: what a PUT creates is not there yet.
        all.MapPut("/{workload}", endpoints.PutAsync).As("putWorkload", AccessRules.WorkloadWrite, "Create a workload, or replace it").Guarded()
            .Takes<WorkloadDefinition>().Produces<Workload>().Fails(ProblemCodes.NotFound, ProblemCodes.NameTaken);
        one.MapPatch("", endpoints.PatchAsync).As("patchWorkload", AccessRules.WorkloadWrite, "Change fields of a workload (RFC 7396)").Guarded()
            .Takes<JsonObject>(Bodies.MergePatch).Produces<Workload>().Fails(ProblemCodes.NotFound);
        one.MapDelete("", endpoints.DeleteAsync).As("deleteWorkload", AccessRules.WorkloadWrite, "Forget a workload; points, and all in the clouds, stay").Guarded()
            .Produces(StatusCodes.Status204NoContent).Fails(ProblemCodes.NotFound);
        one.MapGet("/status", endpoints.StatusAsync).As("getWorkloadStatus", AccessRules.WorkloadRead, "What would be lost now, and how long recovery would take")
            .WithMetadata(Quick).Produces<WorkloadStatus>().Fails(ProblemCodes.NotFound, ProblemCodes.Invalid);
        one.MapGet("/readiness", endpoints.ReadyAsync).As("getWorkloadReadiness", AccessRules.WorkloadRead, "Every reason why a failover would not work now")
            .Produces<Readiness>().Fails(ProblemCodes.NotFound);
        one.MapGet("/history", endpoints.HistoryAsync).As("getWorkloadHistory", AccessRules.WorkloadRead, "How its definition changed")
            .WithMetadata(new DeclaredInput("last", "query", false, "So many of the newest versions, 1 to 200; 20 where it is not said.")).Produces<DefinitionHistory>()
            .Fails(ProblemCodes.NotFound, ProblemCodes.Invalid);
        v1.MapGet("/status", endpoints.StatusOfAllAsync).WithTags("workloads").As("listStatus", AccessRules.WorkloadRead, "The status of workloads, by name")
            .WithMetadata(Quick).Paged().Produces<Page<WorkloadStatus>>();
    }

    static readonly DeclaredInput Quick = new("quick", "query", false, "true: the target is not asked.");

    async Task<IResult> ListAsync(HttpContext context, Caller caller, CancellationToken cancel) =>
        TypedResults.Ok(await Paging.Of(context).ByNameAsync(SeenAsync(caller, cancel), workload => workload.Name, cancel));

    async Task<IResult> GetAsync(string workload, HttpContext context, CancellationToken cancel) =>
        Preconditions.Tagged(context, await parts.Workloads.GetAsync(workload, cancel));

    async Task<IResult> PutAsync(string workload, HttpContext context, Caller caller, CancellationToken cancel)
    {
        var expected = Preconditions.Of(context);
        var definition = await Bodies.ReadObjectAsync(context, "application/json", cancel);
        if (expected is not Expected.Nothing)
            await parts.View.DemandWorkloadAsync(caller, workload, cancel);
        return await WriteAsync(workload, definition, expected, context, caller, cancel);
    }

    async Task<IResult> PatchAsync(string workload, HttpContext context, Caller caller, CancellationToken cancel)
    {
        var expected = Preconditions.Of(context);
        var patch = await Bodies.ReadObjectAsync(context, Bodies.MergePatch, cancel);
        var before = await parts.Workloads.GetAsync(workload, cancel);
        var definition = JsonSerializer.SerializeToNode(before.Value.Definition, V1Json.Default.WorkloadDefinition)!.AsObject();
        // What was read and what is written over must be the same one, whatever the caller expects.
        return await WriteAsync(workload, MergePatch.Apply(definition, patch), expected is Expected.Anything ? new Expected.Tagged(before.Tag) : expected, context, caller, cancel);
    }

    async Task<IResult> WriteAsync(string workload, JsonObject definition, Expected expected, HttpContext context, Caller caller, CancellationToken cancel)
    {
        if (!RecordName.Is(workload))
            throw new ProblemException(ProblemCodes.Invalid, "A name has 1 to 64 letters, digits, '-', '_' or '.', the first of them a letter or digit.") { Field = "name" };
        var written = RecordText.Read(parts.Records.Workloads, definition, "The body");
        await parts.View.DemandWritableAsync(caller, workload, written.From, written.To, cancel);
        return Preconditions.Tagged(context, await parts.Workloads.PutAsync(workload, definition, expected, cancel));
    }

    async Task<IResult> DeleteAsync(string workload, HttpContext context, CancellationToken cancel)
    {
        await parts.Workloads.DeleteAsync(workload, Preconditions.Of(context), cancel);
        return TypedResults.NoContent();
    }

    async Task<IResult> StatusAsync(string workload, HttpContext context, CancellationToken cancel)
    {
        await foreach (var status in parts.Workloads.StatusAsync([workload], !Queries.Flag(context, "quick"), cancel))
            return TypedResults.Ok(status);
        throw new ProblemException(ProblemCodes.NotFound, "There is no such workload.");
    }

    async Task<IResult> StatusOfAllAsync(HttpContext context, Caller caller, CancellationToken cancel)
    {
        var quick = Queries.Flag(context, "quick");
        var names = await Paging.Of(context).ByNameAsync(SeenAsync(caller, cancel), workload => workload.Name, cancel);
        var page = new List<WorkloadStatus>();
        await foreach (var status in parts.Workloads.StatusAsync([.. names.Items.Select(workload => workload.Name)], !quick, cancel))
            page.Add(status);
        return TypedResults.Ok(new Page<WorkloadStatus>(page, names.Next));
    }

    async Task<IResult> ReadyAsync(string workload, CancellationToken cancel) => TypedResults.Ok(await parts.Workloads.ReadyAsync(workload, cancel));

    async Task<IResult> HistoryAsync(string workload, HttpContext context, CancellationToken cancel) =>
        TypedResults.Ok(await parts.Workloads.HistoryAsync(workload, Queries.Number(context, "last", 20, 1, 200), cancel));

    async IAsyncEnumerable<Workload> SeenAsync(Caller caller, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var workload in parts.Workloads.ListAsync(cancel))
        {
            if (await parts.View.SeesAsync(caller, workload.Definition, cancel))
                yield return workload;
        }
    }
}
