using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Readiness;

/// <summary>What is known on the target's side, without the primary, when readiness is asked for.</summary>
public sealed record ReadinessQuestion
{
    public required Workload Workload { get; init; }

    /// <summary>Null: none was proposed yet.</summary>
    public SiteMapping? Mapping { get; init; }

    /// <summary>The newest usable point, or the one that is to be restored; null: there is none.</summary>
    public RecoveryPoint? Point { get; init; }

    /// <summary>The point's; null where there is no point.</summary>
    public Blueprint? Blueprint { get; init; }
    public required Site To { get; init; }

    /// <summary>Records, or parts of the repository, that are there and cannot be read: whole sentences.</summary>
    public ImmutableArray<string> Unreadable { get; init; } = [];
}

/// <summary>The reasons found so far, and what every group of checks asks about.</summary>
sealed class Findings(ReadinessQuestion question, Blueprint blueprint, RecoveryPoint point)
{
    readonly ImmutableArray<Reason>.Builder reasons = ImmutableArray.CreateBuilder<Reason>();

    public ReadinessQuestion Question { get; } = question;
    public Blueprint Blueprint { get; } = blueprint;
    public RecoveryPoint Point { get; } = point;
    public Site To => Question.To;
    public SiteMapping? Mapping => Question.Mapping;

    public ImmutableArray<Reason> All => [.. reasons.OrderBy(reason => reason.Severity)];

    public void Add(Reason reason) => reasons.Add(reason);

    public void Blocks(string code, string resource, string what, string whatToDo) => reasons.Add(new Reason(code, Severity.Blocks, resource, what, whatToDo));

    public void Warns(string code, string resource, string what, string whatToDo) => reasons.Add(new Reason(code, Severity.Warns, resource, what, whatToDo));

    /// <summary>What stands for a mapped network; null where nothing does, which the check of the mapping tells.</summary>
    public string? TargetOf(NetworkBlueprint network) => Mapping?.Networks.FirstOrDefault(mapped => mapped.Source == network.Id)?.Target;

    /// <summary>Asks one group of questions: where the target does not answer it, that is itself a finding, and the other groups go on.</summary>
    public async Task AskAsync(string about, Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (OpenStackException e) when (e.Fault is not (Fault.Unreachable or Fault.Untrusted or Fault.Unauthorized))
        {
            Warns(ReasonCodes.NotChecked, about, $"{To.Name} did not answer: {e.Message}", e.Fault == Fault.Forbidden ? "Give the site's credential the right to read this." : "Ask again later.");
        }
    }
}
