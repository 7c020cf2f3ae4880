using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Kedge.Contracts.V1;
using Kedge.Recovery.Policies;
using Policy = Kedge.Recovery.Policies.Policy;

namespace Kedge.Mediator.Desk;

/// <summary>Policies, over the records.</summary>
public sealed class PolicyDesk(DeskParts parts)
{
    readonly MediatorRecords records = parts.Records;
    readonly RecordsGate gate = new(parts.Records.DataPath, parts.Clock);

    public async IAsyncEnumerable<V1.Policy> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var followers = await FollowersAsync(cancel);
        foreach (var name in records.Policies.Names())
        {
            if (await records.Policies.FindAsync(name, cancel) is { } policy)
                yield return Shown(policy, followers).Value;
        }
    }

    public async Task<Versioned<V1.Policy>> GetAsync(string name, CancellationToken cancel) =>
        Shown(await records.Policies.GetAsync(name, cancel), await FollowersAsync(cancel));

    public async Task<Versioned<V1.Policy>> PutAsync(string name, JsonObject definition, Expected expected, CancellationToken cancel)
    {
        var policy = RecordText.Read(records.Policies, definition, "The command line");
        RecordText.DemandName("policy", name, policy.Name);
        if (PolicyRules.MistakesIn(policy).ToList() is { Count: > 0 } mistakes)
        {
            throw new ProblemException(ProblemCodes.Invalid, $"Policy {name} cannot be followed: {string.Join("; ", mistakes)}.")
            {
                Field = mistakes[0].Split(' ')[0],
                Mistakes = [.. mistakes.Select(mistake => new Mistake(mistake.Split(' ')[0], mistake))],
            };
        }
        await using var held = await gate.EnterAsync(cancel);
        expected.Demand($"Policy {name}", await FindTagAsync(name, cancel));
        await records.Policies.PutAsync(name, policy, cancel);
        return Shown(policy, await FollowersAsync(cancel));
    }

    public async Task DeleteAsync(string name, Expected expected, CancellationToken cancel)
    {
        await using var held = await gate.EnterAsync(cancel);
        expected.Demand($"Policy {name}", await FindTagAsync(name, cancel));
        if ((await FollowersAsync(cancel))[name].ToList() is { Count: > 0 } followers)
            throw new ProblemException(ProblemCodes.Refused, $"Policy {name} is named by {string.Join(", ", followers)}: kedge workload set NAME --policy OTHER first.");
        records.Policies.Delete(name);
    }

    Versioned<V1.Policy> Shown(Policy policy, ILookup<string, string> followers) => new(
        new V1.Policy(policy.Name, RecordText.As(RecordText.Json(records.Policies, policy), V1Json.Default.PolicyDefinition), [.. followers[policy.Name]]),
        Tags.Of(records.Policies.Write(policy)));

    async Task<string?> FindTagAsync(string name, CancellationToken cancel) =>
        await records.Policies.FindAsync(name, cancel) is { } there ? Tags.Of(records.Policies.Write(there)) : null;

    async Task<ILookup<string, string>> FollowersAsync(CancellationToken cancel)
    {
        var followers = new List<(string Policy, string Workload)>();
        foreach (var name in records.Workloads.Names())
        {
            if (await records.Workloads.FindAsync(name, cancel) is { Policy: { } policy })
                followers.Add((policy, name));
        }
        return followers.ToLookup(each => each.Policy, each => each.Workload, StringComparer.Ordinal);
    }
}
