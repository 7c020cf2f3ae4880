using Kedge.Mediator.Metrics;
using Kedge.Mediator.Watch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kedge.Mediator.Web;

/// <summary>For whoever watches over the process; without authentication, and nothing of any tenant in it.</summary>
static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, Heartbeat beat, PrometheusPage metrics)
    {
        // Alive: it is not stuck. Whether its database or a cloud answers is no reason to restart it.
        routes.MapGet("/healthz", () => Told(beat.IsAlive, beat.IsAlive ? "alive" : "stuck"));
        // Ready: it can read and write its journal and its schedules.
        routes.MapGet("/readyz", () => beat.Trouble is { } trouble ? Told(false, trouble) : Told(true, "ready"));
        routes.MapGet("/metrics", () => Results.Text(metrics.Write(), "text/plain; version=0.0.4; charset=utf-8"));
    }

    static IResult Told(bool isWell, string text) =>
        Results.Text(text + "\n", "text/plain; charset=utf-8", statusCode: isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
