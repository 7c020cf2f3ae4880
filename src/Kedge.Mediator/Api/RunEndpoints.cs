using Kedge.Contracts.V1;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Api.Problems;
using Kedge.Mediator.Api.Requests;
using Kedge.Mediator.Desk;
using Kedge.Plans;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kedge.Mediator.Api;

/// <summary>/v1/runs, and the runs that a workload begins.</summary>
sealed class RunEndpoints(ApiParts parts, RunStarts starts)
{
    public static void Map(IEndpointRouteBuilder v1, ApiParts parts)
    {
        var endpoints = new RunEndpoints(parts, new RunStarts(parts));
        MapReading(v1.MapGroup("/runs").WithTags("runs"), endpoints, parts);
        MapStarting(v1, endpoints, parts);
    }

    static void MapReading(RouteGroupBuilder all, RunEndpoints endpoints, ApiParts parts)
    {
        var one = all.MapGroup("/{run}").SeenBy(parts.View);
        all.MapGet("", endpoints.ListAsync).As("listRuns", AccessRules.RunRead, "List runs, newest first").Paged()
            .WithMetadata(new DeclaredInput("workload", "query", false, "Of this workload alone."))
            .WithMetadata(new DeclaredInput("kind", "query", false, "Of this kind alone."))
            .WithMetadata(new DeclaredInput("id", "query", false, "Whose id begins so: four digits at least."))
            .WithMetadata(new DeclaredInput("open", "query", false, "true: that have not ended."))
            .Produces<Page<Run>>();
        one.MapGet("", endpoints.GetAsync).As("getRun", AccessRules.RunRead, "Show a run, step by step").Produces<RunDetails>().Fails(ProblemCodes.NotFound);
        one.MapGet("/events", endpoints.EventsAsync).As("followRun", AccessRules.RunRead, "Follow a run: its journal as server-sent events, from the first to the last")
            .WithMetadata(new DeclaredInput("Last-Event-ID", "header", false, "Go on behind this event."))
            .WithMetadata(new DeclaredInput("follow", "query", false, "false: what there is so far, and no more."))
            .WithMetadata(new TimeLimit(1, IsEndless: true))
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").Fails(ProblemCodes.NotFound, ProblemCodes.Invalid);
    }

    static void MapStarting(IEndpointRouteBuilder v1, RunEndpoints endpoints, ApiParts parts)
    {
        var workload = v1.MapGroup("/workloads/{workload}").WithTags("runs").SeenBy(parts.View);
        workload.MapPost("/points", endpoints.ProtectAsync).As("protectWorkload", AccessRules.Protect, "Take a recovery point").StartsOnce()
            .Produces<RunStarted>(StatusCodes.Status202Accepted).Fails(ProblemCodes.RunInTheWay, ProblemCodes.CloudFailed, ProblemCodes.NotReady);
        workload.MapPost("/failovers", endpoints.FailoverAsync).As("failOverWorkload", AccessRules.Failover, "The primary is lost: bring the workload up at its target").StartsOnce()
            .Takes<FailoverOrder>(isOptional: true).Produces<RunStarted>(StatusCodes.Status202Accepted).Fails(ProblemCodes.RunInTheWay, ProblemCodes.Refused, ProblemCodes.NotReady);
        workload.MapPost("/failover-preview", endpoints.PreviewAsync).As("previewFailover", AccessRules.Failover, "What a failover would begin, or go on with")
            .WithMetadata(new TimeLimit(4, false)).Takes<FailoverOrder>(isOptional: true).Produces<V1.FailoverPreview>()
            .Fails(ProblemCodes.NotFound, ProblemCodes.RunInTheWay, ProblemCodes.Refused, ProblemCodes.NotReady);
        var one = v1.MapGroup("/runs/{run}").WithTags("runs").SeenBy(parts.View);
        one.MapPost("/cleanup", endpoints.CleanUpAsync).As("cleanUpRun", AccessRules.RunControl, "Remove exactly what a run made").StartsOnce()
            .Produces<RunStarted>(StatusCodes.Status202Accepted).Fails(ProblemCodes.RunInTheWay, ProblemCodes.Refused);
        one.MapPost("/resume", endpoints.ResumeAsync).As("resumeRun", AccessRules.RunControl, "Go on with a run that was interrupted or has stopped").StartsOnce()
            .Takes<ResumeOrder>(isOptional: true).Produces<RunStarted>(StatusCodes.Status202Accepted).Fails(ProblemCodes.RunEnded, ProblemCodes.Refused);
        one.MapPost("/abandon", endpoints.AbandonAsync).As("abandonRun", AccessRules.RunControl, "Give a run up for good; what it made stays until it is cleaned up after").StartsOnce()
            .Takes<AbandonOrder>(isOptional: true).Produces<Run>(StatusCodes.Status202Accepted).Fails(ProblemCodes.RunEnded);
    }

    async Task<IResult> ListAsync(HttpContext context, Caller caller, CancellationToken cancel)
    {
        var paging = Paging.Of(context);
        var prefix = Queries.Text(context, "id");
        if (prefix is not null && (prefix.Length is < 4 or > 32 || !prefix.All(char.IsAsciiHexDigitLower)))
            throw new ProblemException(ProblemCodes.Invalid, "id is the first 4 to 32 lower-case hexadecimal digits of a run's id.") { Field = "id" };
        var filter = new RunFilter { Subject = Queries.Text(context, "workload"), Kind = Queries.Text(context, "kind"), IsOpen = Queries.Flag(context, "open") ? true : null };
        return TypedResults.Ok(await paging.NewestFirstAsync(SeenAsync(caller, filter, prefix, cancel), run => run.Id, cancel));
    }

    async Task<IResult> GetAsync(string run, CancellationToken cancel) => TypedResults.Ok(await parts.Runs.DetailsAsync(RunId.Parse(run), cancel));

    async Task<IResult> EventsAsync(string run, HttpContext context, CancellationToken cancel)
    {
        var after = RunStream.After(context);
        var follow = Queries.Text(context, "follow") is null || Queries.Flag(context, "follow");
        await new RunStream(parts.Journal, parts.Clock).WriteAsync(RunId.Parse(run), after, follow, context.Response, cancel);
        return TypedResults.Empty;
    }

    Task<IResult> ProtectAsync(string workload, HttpContext context, Caller caller, CancellationToken cancel) =>
        starts.StartAsync(context, caller, beginning => parts.Runs.ProtectAsync(workload, beginning, cancel), cancel);

    async Task<IResult> FailoverAsync(string workload, HttpContext context, Caller caller, CancellationToken cancel)
    {
        var order = await Bodies.ReadAsync(context, V1Json.Default.FailoverOrder, new FailoverOrder(), cancel);
        return await starts.StartAsync(context, caller, beginning => parts.Runs.FailoverAsync(workload, order, beginning, cancel), cancel);
    }

    async Task<IResult> PreviewAsync(string workload, HttpContext context, CancellationToken cancel)
    {
        var order = await Bodies.ReadAsync(context, V1Json.Default.FailoverOrder, new FailoverOrder(), cancel);
        return TypedResults.Ok(await parts.Runs.PreviewFailoverAsync(workload, order, cancel));
    }

    Task<IResult> CleanUpAsync(string run, HttpContext context, Caller caller, CancellationToken cancel) =>
        starts.StartAsync(context, caller, beginning => parts.Runs.CleanUpAsync(RunId.Parse(run), beginning, cancel), cancel);

    async Task<IResult> ResumeAsync(string run, HttpContext context, Caller caller, CancellationToken cancel)
    {
        var order = await Bodies.ReadAsync(context, V1Json.Default.ResumeOrder, new ResumeOrder(), cancel);
        return await starts.StartAsync(context, caller, _ => parts.Runs.ResumeAsync(RunId.Parse(run), order, cancel), cancel);
    }

    async Task<IResult> AbandonAsync(string run, HttpContext context, Caller caller, CancellationToken cancel)
    {
        var order = await Bodies.ReadAsync(context, V1Json.Default.AbandonOrder, new AbandonOrder(), cancel);
        return await parts.Once.StartAsync(context, caller, V1Json.Default.Run, _ => parts.Runs.AbandonAsync(RunId.Parse(run), order, caller.Name, cancel), cancel);
    }

    async IAsyncEnumerable<Run> SeenAsync(Caller caller, RunFilter filter, string? prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var seen = new Dictionary<(string, string), bool>();
        await foreach (var run in parts.Runs.ListAsync(filter, cancel))
        {
            if (prefix is not null && !run.Id.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            if (!seen.TryGetValue((run.Kind, run.Subject), out var isSeen))
                seen[(run.Kind, run.Subject)] = isSeen = await parts.View.SeesRunAsync(caller, run.Kind, run.Subject, cancel);
            if (isSeen)
                yield return run;
        }
    }
}
