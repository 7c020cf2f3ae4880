using System.Collections.Immutable;
using System.Text.Json;
using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Protection;
using Kedge.Recovery.SiteLoss;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Cleanup;

/// <summary>
/// Takes away exactly what a run made, at every site where it worked, users before what they use. What it adopted stays, and so do backup
/// records that it imported: Cinder can only delete them together with the bytes of the point. What a point needs that the run has put stays
/// too: the repository is asked, not only the journal.
/// </summary>
public static class CleanupRunbook
{
    public const string Kind = "cleanup";

    /// <summary>The step that knows what a point needs; only where a protection is cleaned up after.</summary>
    internal const string PointClosed = "point";

    /// <param name="run">
    /// The run to clean up after. It must have ended: begin the cleanup under <see cref="RunState.ExclusiveKey"/> of the run, and the journal
    /// refuses it beside one that can still go on.
    /// </param>
    /// <exception cref="CleanupRefusedException">The run left what is still needed.</exception>
    public static Plan Write(RunState run)
    {
        if (run.Plan.Kind == Kind)
            throw new CleanupRefusedException($"Run {run.Run} is a cleanup itself; it made nothing.");
        if (run.Plan.Kind == SiteLossRunbook.Kind)
            throw new CleanupRefusedException($"Run {run.Run} made nothing by itself: clean up after each failover that it began. kedge run show {run.Run} names them.");
        if (run.Plan.Kind != FailoverRunbook.Kind && run.Phase is RunPhase.Finished)
            throw new CleanupRefusedException($"Run {run.Run} ({run.Plan.Title}) has finished, and what it made is in use: delete the recovery point instead.");

        var book = new Runbook();
        var first = ProtectFacts.FindIn(run.Plan) is { } facts ? book.Add(PointClosed, new ClosePoint(facts.Repository, run.Plan.Subject, run.Run.Value), []) : "";
        foreach (var site in PlanSites.Of(run.Plan))
        {
            var before = first;
            foreach (var kind in KindsOf(run.Plan))
                before = book.Add($"remove/{site}/{kind}", new RemoveMade(site, run.Run.Value, kind, kind is MadeKind.Keypair ? KeypairsOf(run, site) : []), before is "" ? [] : [before]);
        }
        return Plan.Create(Kind, $"Remove what run {run.Run} ({run.Plan.Title}) made", run.Plan.Subject, book.Steps, CleanupFacts.Of(run.Run));
    }

    /// <summary>A failover takes no snapshots and makes no images; what else runs make, now or in later versions, is looked for in full.</summary>
    static IEnumerable<MadeKind> KindsOf(Plan plan) => Enum.GetValues<MadeKind>()
        .Where(kind => plan.Kind != FailoverRunbook.Kind || kind is not (MadeKind.Snapshot or MadeKind.Backup or MadeKind.Image));

    static ImmutableArray<ImportedKeypair> KeypairsOf(RunState run, string site) =>
    [
        .. run.StepsInOrder
            .Where(s => s.Step.Kind == "import-keypair" && Made.Of(s) is { Adopted: false })
            .Select(s => (ImportKeypair)RecoveryStepJson.Parse(s.Step))
            .Where(s => s.Site == site)
            .Select(s => new ImportedKeypair(s.Keypair.Name, s.Owner)),
    ];
}

/// <summary>A run is not cleaned up after; the message says why and what to do instead.</summary>
public sealed class CleanupRefusedException(string message) : Exception(message);
