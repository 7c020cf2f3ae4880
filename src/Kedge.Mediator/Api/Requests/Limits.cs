using System.Globalization;
using System.Threading.RateLimiting;
using Kedge.Contracts.V1;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Api.Problems;
using Kedge.Mediator.Desk;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Kedge.Mediator.Api.Requests;

/// <summary>How often and how many at once. Before a token is looked at the address counts, so that tokens cannot be tried out; after it the caller.</summary>
static class Limits
{
    const int StreamsPerCaller = 8;

    public static RateLimiterOptions ByAddress(ApiSettings settings) => With(PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<HttpContext, string>(context =>
            RateLimitPartition.GetTokenBucketLimiter(context.Connection.RemoteIpAddress?.ToString() ?? "", _ => Bucket(2 * settings.RequestsPerSecond))),
        PartitionedRateLimiter.Create<HttpContext, bool>(context => IsStream(context)
            ? RateLimitPartition.GetNoLimiter(true)
            : RateLimitPartition.GetConcurrencyLimiter(false, _ => AtOnce(settings.AtOnce)))));

    public static RateLimiterOptions ByCaller(ApiSettings settings) => With(PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<HttpContext, string>(context => context.Features.Get<Caller>() is { } caller
            ? RateLimitPartition.GetTokenBucketLimiter(caller.Id, _ => Bucket(settings.RequestsPerSecond))
            : RateLimitPartition.GetNoLimiter("")),
        PartitionedRateLimiter.Create<HttpContext, string>(context => IsStream(context) && context.Features.Get<Caller>() is { } caller
            ? RateLimitPartition.GetConcurrencyLimiter(caller.Id, _ => AtOnce(StreamsPerCaller))
            : RateLimitPartition.GetNoLimiter(""))));

    static bool IsStream(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<TimeLimit>() is { IsEndless: true };

    static TokenBucketRateLimiterOptions Bucket(int aSecond) => new()
    {
        TokenLimit = 10 * aSecond, TokensPerPeriod = aSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true,
    };

    static ConcurrencyLimiterOptions AtOnce(int most) => new() { PermitLimit = most, QueueLimit = 0 };

    static RateLimiterOptions With(PartitionedRateLimiter<HttpContext> limiter) => new()
    {
        GlobalLimiter = limiter,
        OnRejected = async (rejected, cancel) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, Math.Ceiling(after.TotalSeconds)) : 1;
            rejected.HttpContext.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            await ProblemEdge.TellAsync(rejected.HttpContext, new ProblemException(ProblemCodes.TooMany, "Too many requests: wait as long as Retry-After says."), cancel);
        },
    };
}
