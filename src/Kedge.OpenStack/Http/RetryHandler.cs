using Polly;
using Polly.Retry;

namespace Kedge.OpenStack.Http;

/// <summary>
/// Repeats a call that certainly did not happen (refused for its rate, no connection), and a read whatever became of it.
/// Never a write that was sent. Holds the deadline of the whole call.
/// </summary>
internal sealed class RetryHandler : DelegatingHandler
{
    readonly ServiceKind kind;
    readonly Connection connection;
    readonly ResiliencePipeline<HttpResponseMessage> retries;

    public RetryHandler(ServiceKind kind, Connection connection)
    {
        this.kind = kind;
        this.connection = connection;
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = connection.Clock };
        if (connection.Limits.Attempts > 1)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = connection.Limits.Attempts - 1,
                ShouldHandle = arguments => ValueTask.FromResult(IsRepeated(arguments.Outcome.Exception)),
                DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(WaitAfter(arguments.AttemptNumber, arguments.Outcome.Exception)),
            });
        }

        retries = builder.Build();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = OngoingCall.Of(request);
        if (!call.Request.IsRepeatable)
            return await base.SendAsync(request, cancellationToken);

        OpenStackException? last = null;
        using var deadline = new CancellationTokenSource(connection.Limits.CallTimeout, connection.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        // The waits stay where the caller runs: a simulation that owns its thread must see them end.
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, either.Token);
        try
        {
            return await retries.ExecuteAsync(
                async attempt =>
                {
                    try
                    {
                        return await base.SendAsync(request, attempt.CancellationToken);
                    }
                    catch (OpenStackException e)
                    {
                        last = e;
                        throw;
                    }
                },
                context);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw last ?? new OpenStackException(
                Fault.Unavailable,
                $"{call.Kind.Type} of cloud '{connection.Settings.Name}': {request.Method} {call.Request.Path.Template} was not sent, as "
                + $"{connection.Limits.CallsAtOnce} other calls were under way for {connection.Limits.CallTimeout.TotalSeconds:0} s.",
                new(connection.Settings.Name, call.Kind.Type, request.Method.Method),
                e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    // The identity service's failures inside another service's call were repeated there.
    bool IsRepeated(Exception? failure) =>
        failure is OpenStackException { Fault: Fault.Unavailable or Fault.OverLimit or Fault.Unreachable } e
        && e.Service == kind.Type
        && !(e.RetryAfter > connection.Limits.LongestWait);

    TimeSpan WaitAfter(int attempt, Exception? failure)
    {
        if (failure is OpenStackException { RetryAfter: { } asked } && asked > TimeSpan.Zero)
            return asked;
        var full = Math.Min(connection.Limits.LongestWait.TotalMilliseconds, connection.Limits.FirstWait.TotalMilliseconds * Math.Pow(2, attempt));
        return TimeSpan.FromMilliseconds(full * (0.5 + (connection.Chance() / 2)));
    }
}
