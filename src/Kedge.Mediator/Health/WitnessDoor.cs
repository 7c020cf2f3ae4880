using System.Security.Cryptography;
using System.Text;
using Kedge.Mediator.Settings;
using Kedge.Recovery.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Kedge.Mediator.Health;

/// <summary>Where other mediators ask what this one sees of a site. They show the token that all of them have.</summary>
static class WitnessDoor
{
    public const string Path = "/witness/sites";

    /// <param name="token">Null: the door is not there.</param>
    public static void Map(IEndpointRouteBuilder routes, HealthWatch health, Secret? token)
    {
        if (token is not null)
            routes.MapGet($"{Path}/{{site}}", (HttpContext http, string site) => Answer(http.Request.Headers.Authorization, site, health, token));
    }

    static IResult Answer(StringValues shown, string site, HealthWatch health, Secret token)
    {
        if (!IsEqual(shown.ToString(), $"Bearer {token.Value}"))
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        return health.FindOwnSighting(site) is { } seen
            ? Results.Json(seen, HealthJson.Default.SiteSighting)
            : Results.StatusCode(StatusCodes.Status404NotFound);
    }

    /// <summary>In the same time whatever was shown.</summary>
    static bool IsEqual(string shown, string wanted) => CryptographicOperations.FixedTimeEquals(Hash(shown), Hash(wanted));

    static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
