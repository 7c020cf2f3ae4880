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

/// <summary>/v1/policies: seen by all, written by operators.</summary>
sealed class PolicyEndpoints(ApiParts parts)
{
    public static void Map(IEndpointRouteBuilder v1, ApiParts parts)
    {
        var endpoints = new PolicyEndpoints(parts);
        var all = v1.MapGroup("/policies").WithTags("policies");
        all.MapGet("", endpoints.ListAsync).As("listPolicies", AccessRules.PolicyRead, "List policies by name").Paged().Produces<Page<Policy>>();
        all.MapGet("/{policy}", endpoints.GetAsync).As("getPolicy", AccessRules.PolicyRead, "Show a policy").Produces<Policy>().Fails(ProblemCodes.NotFound);
        all.MapPut("/{policy}", endpoints.PutAsync).As("putPolicy", AccessRules.PolicyWrite, "Create a policy, or replace it").Guarded()
            .Takes<PolicyDefinition>().Produces<Policy>().Fails(ProblemCodes.NotFound, ProblemCodes.NameTaken);
        all.MapPatch("/{policy}", endpoints.PatchAsync).As("patchPolicy", AccessRules.PolicyWrite, "Change fields of a policy (RFC 7396)").Guarded()
            .Takes<JsonObject>(Bodies.MergePatch).Produces<Policy>().Fails(ProblemCodes.NotFound);
        all.MapDelete("/{policy}", endpoints.DeleteAsync).As("deletePolicy", AccessRules.PolicyWrite, "Forget a policy that no workload names").Guarded()
            .Produces(StatusCodes.Status204NoContent).Fails(ProblemCodes.NotFound, ProblemCodes.Refused);
    }

    async Task<IResult> ListAsync(HttpContext context, Caller caller, CancellationToken cancel) =>
        TypedResults.Ok(await Paging.Of(context).ByNameAsync(SeenAsync(caller, cancel), policy => policy.Name, cancel));

    async Task<IResult> GetAsync(string policy, HttpContext context, Caller caller, CancellationToken cancel)
    {
        var found = await FindAsync(policy, cancel);
        return Preconditions.Tagged(context, found with { Value = await SeenAsync(caller, found.Value, cancel) });
    }

    async Task<IResult> PutAsync(string policy, HttpContext context, CancellationToken cancel)
    {
        var expected = Preconditions.Of(context);
        if (!RecordName.Is(policy))
            throw new ProblemException(ProblemCodes.Invalid, "A name has 1 to 64 letters, digits, '-', '_' or '.', the first of them a letter or digit.") { Field = "name" };
        return Preconditions.Tagged(context, await parts.Policies.PutAsync(policy, await Bodies.ReadObjectAsync(context, "application/json", cancel), expected, cancel));
    }

    async Task<IResult> PatchAsync(string policy, HttpContext context, CancellationToken cancel)
    {
        var expected = Preconditions.Of(context);
        var patch = await Bodies.ReadObjectAsync(context, Bodies.MergePatch, cancel);
        var before = await FindAsync(policy, cancel);
        var merged = MergePatch.Apply(JsonSerializer.SerializeToNode(before.Value.Definition, V1Json.Default.PolicyDefinition)!.AsObject(), patch);
        return Preconditions.Tagged(context, await parts.Policies.PutAsync(policy, merged, expected is Expected.Anything ? new Expected.Tagged(before.Tag) : expected, cancel));
    }

    async Task<IResult> DeleteAsync(string policy, HttpContext context, CancellationToken cancel)
    {
        var expected = Preconditions.Of(context);
        await FindAsync(policy, cancel);
        await parts.Policies.DeleteAsync(policy, expected, cancel);
        return TypedResults.NoContent();
    }

    async Task<Versioned<Policy>> FindAsync(string policy, CancellationToken cancel) =>
        RecordName.Is(policy) && await parts.Records.Policies.FindAsync(policy, cancel) is not null
            ? await parts.Policies.GetAsync(policy, cancel)
            : throw new ProblemException(ProblemCodes.NotFound, $"There is no policy {Told.Name(policy)}.");

    async IAsyncEnumerable<Policy> SeenAsync(Caller caller, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var policy in parts.Policies.ListAsync(cancel))
            yield return await SeenAsync(caller, policy, cancel);
    }

    /// <summary>Of those that name it the caller is told of his own.</summary>
    async Task<Policy> SeenAsync(Caller caller, Policy policy, CancellationToken cancel)
    {
        var seen = new List<string>();
        foreach (var workload in policy.Workloads)
        {
            if (await parts.View.SeesWorkloadAsync(caller, workload, cancel))
                seen.Add(workload);
        }
        return policy with { Workloads = seen };
    }
}
