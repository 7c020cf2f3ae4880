using Kedge.Contracts.V1;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Api.Problems;
using Kedge.Mediator.Api.Requests;
using Kedge.Mediator.Desk;
using Kedge.Mediator.Store;
using Kedge.OpenStack;
using Kedge.Plans;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Api;

/// <summary>The REST API under /v1: who is let in, how much, and to what. In the order in which a request meets it.</summary>
sealed class KedgeApi : IAsyncDisposable
{
    readonly ApiDatabase database;
    readonly KeystoneTokens? keystone;

    KedgeApi(ApiDatabase database, KeystoneTokens? keystone) => (this.database, this.keystone) = (database, keystone);

    public static void AddTo(IServiceCollection services)
    {
        services.AddRateLimiter(_ => { });
        services.AddOpenApi(ApiDocument.Name, ApiDocument.Describe);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, V1Json.Default);
            json.SerializerOptions.DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull;
        });
    }

    /// <param name="database">Disposed of with the API.</param>
    /// <param name="executeAsync">Has a run executed.</param>
    public static KedgeApi Map(
        WebApplication web, ApiSettings settings, ApiDatabase database, DeskParts desk, IJournal journal, Func<RunId, CancellationToken, Task> executeAsync, ILogger log)
    {
        var (records, clock) = (desk.Records, desk.Clock);
        var keystone = records.ConnectAs is { } connect ? new KeystoneTokens(connect, clock) : null;
        var doorman = new Doorman(new ApiTokens(database, clock), keystone);
        var edge = new ProblemEdge(settings.LongestRequest, clock, log);
        web.UseRouting();
        web.UseWhen(context => context.Request.Path.StartsWithSegments("/v1"), api =>
        {
            api.Use(next => context => edge.InvokeAsync(context, next));
            api.UseRateLimiter(Limits.ByAddress(settings));
            api.Use(next => context => doorman.InvokeAsync(context, next));
            api.UseRateLimiter(Limits.ByCaller(settings));
        });
        var projects = new SiteProjects(records.Sites, records.Connect, database, clock);
        MapEndpoints(web, new ApiParts
        {
            Records = records,
            Desk = desk,
            Workloads = new WorkloadDesk(desk),
            Policies = new PolicyDesk(desk),
            Points = new PointDesk(desk),
            Sites = new SiteDesk(desk),
            Runs = new RunDesk(desk, journal),
            View = new TenantView(records, projects, journal),
            Once = new OnceOnly(database, journal, clock),
            Journal = journal,
            ExecuteAsync = executeAsync,
            Clock = clock,
        });
        return new KedgeApi(database, keystone);
    }

    public ValueTask DisposeAsync()
    {
        keystone?.Dispose();
        return database.DisposeAsync();
    }

    static void MapEndpoints(IEndpointRouteBuilder web, ApiParts parts)
    {
        var v1 = web.MapGroup("/v1");
        WorkloadEndpoints.Map(v1, parts);
        MappingEndpoints.Map(v1, parts);
        PointEndpoints.Map(v1, parts);
        RunEndpoints.Map(v1, parts);
        PolicyEndpoints.Map(v1, parts);
        SiteEndpoints.Map(v1, parts);
        web.MapOpenApi("/{documentName}/openapi.json").WithMetadata(new OpenToAll());
    }
}
