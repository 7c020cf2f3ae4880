using System.Diagnostics;
using Kedge.Contracts.V1;
using Kedge.Mediator.Desk;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Api.Problems;

/// <summary>
/// The edge of the API. Every request gets an id, a time limit and an answer: what is thrown inside, or refused by the framework without a
/// word, leaves as a problem document. The one place of the API that catches everything.
/// </summary>
sealed partial class ProblemEdge(TimeSpan longest, TimeProvider clock, ILogger log)
{
    public const string RequestIdHeader = "X-Openstack-Request-Id";

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var id = $"req-{Guid.CreateVersion7(clock.GetUtcNow())}";
        context.TraceIdentifier = id;
        context.Response.Headers[RequestIdHeader] = id;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        var began = Stopwatch.GetTimestamp();
        var gone = context.RequestAborted;
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, limit.Token);
        if (context.GetEndpoint()?.Metadata.GetMetadata<TimeLimit>() is not { IsEndless: true } own)
            limit.CancelAfter(longest * (context.GetEndpoint()?.Metadata.GetMetadata<TimeLimit>()?.Times ?? 1));
        context.RequestAborted = either.Token;
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response.StatusCode >= 400 && context.Response.ContentLength is null && context.Response.ContentType is null)
                await TellAsync(context, OfStatus(context.Response.StatusCode), gone);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            context.Response.StatusCode = 499;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            await TellAsync(context, new ProblemException(ProblemCodes.TooSlow, "It took longer than a request may take. What was begun goes on: ask again with the same idempotency key."), gone);
        }
#pragma warning disable CA1031 // The edge: what nobody foresaw becomes an answer here, and nowhere else.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var problem = ProblemTable.Of(e);
            if (ProblemTable.StatusOf(problem.Code) >= 500)
                LogFailed(e, id, context.Request.Method, Path(context), problem.Code);
            await TellAsync(context, problem, gone);
        }
        finally
        {
            LogAnswered(id, context.Request.Method, Path(context), context.Response.StatusCode, Stopwatch.GetElapsedTime(began).TotalMilliseconds, context.Features.Get<Access.Caller>()?.Name ?? "-");
        }
    }

    /// <summary>What the framework refuses by its status alone.</summary>
    static ProblemException OfStatus(int status) => status switch
    {
        404 => new(ProblemCodes.NotFound, "There is nothing at this path."),
        405 => new(ProblemCodes.MethodNotAllowed, "The path is there, and not taken with this method."),
        413 => new(ProblemCodes.TooLarge, "The body is larger than is taken."),
        415 => new(ProblemCodes.MediaType, "Send application/json."),
        429 => new(ProblemCodes.TooMany, "Too many requests: wait as long as Retry-After says."),
        _ => new(ProblemCodes.Malformed, "The request cannot be read."),
    };

    public static Task TellAsync(HttpContext context, ProblemException problem, CancellationToken cancel)
    {
        if (context.Response.HasStarted)
        {
            // Half an answer is worse than none: the connection is closed.
            context.Abort();
            return Task.CompletedTask;
        }
        var status = ProblemTable.StatusOf(problem.Code);
        context.Response.StatusCode = status;
        var told = new Problem
        {
            Type = $"/v1/problems/{problem.Code}",
            Title = ProblemTable.TitleOf(problem.Code),
            Status = status,
            Detail = problem.WhatToDo is { } whatToDo ? $"{problem.Message} {whatToDo}" : problem.Message,
            Code = problem.Code,
            Field = problem.Field,
            Mistakes = problem.Mistakes is [] ? null : problem.Mistakes,
            Run = problem.Run,
            Readiness = problem.Readiness,
            RequestId = context.TraceIdentifier,
            CloudRequestId = problem.CloudRequestId,
        };
        return context.Response.WriteAsJsonAsync(told, V1Json.Default.Problem, "application/problem+json", cancel);
    }

    static string Path(HttpContext context) => Access.Told.Name(context.Request.Path.Value ?? "");

    [LoggerMessage(3501, LogLevel.Information, "{Request} {Method} {Path} {Status} after {Ms:0} ms for {Caller}")]
    partial void LogAnswered(string request, string method, string path, int status, double ms, string caller);

    [LoggerMessage(3502, LogLevel.Error, "{Request} {Method} {Path} failed: {Code}")]
    partial void LogFailed(Exception e, string request, string method, string path, string code);
}

/// <summary>An endpoint's own time limit.</summary>
/// <param name="Times">So many times as long as others.</param>
/// <param name="IsEndless">A stream: it has its own end.</param>
sealed record TimeLimit(int Times, bool IsEndless);
