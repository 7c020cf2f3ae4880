using System.Collections.Immutable;
using System.Xml.Linq;
using Kedge.Availability.Layout;
using Kedge.Plans;

namespace Kedge.Availability.Changes;

/// <summary>
/// Puts our part of the configuration in the place of what was found when the run was planned, in one write: all of it or nothing. What others
/// wrote, before or meanwhile, stays. When our own part is neither what was found nor what is wanted, somebody else is at it, and a person decides.
/// </summary>
public sealed record WritePart(string Run) : ChangeStep
{
    public override string Title => "Write the configuration, whole or not at all";

    public override TimeSpan Deadline => TimeSpan.FromMinutes(5);

    public override async Task<StepOutcome> RunAsync(ChangeGround ground, StepRun run, CancellationToken cancel)
    {
        var before = await ground.Parts.ReadBeforeAsync(Run, ground.Facts.BeforeHash, cancel);
        var wanted = await ground.Parts.ReadWantedAsync(Run, ground.Facts.WantedHash, cancel);
        if (ClusterPart.In(await ground.Cluster.ReadCibAsync(cancel), ground.Facts.Properties).Says(wanted))
            return new StepOutcome.Done("it is as wanted");
        ImmutableArray<PartChange> changed = [];
        try
        {
            var replaced = await ground.Cluster.ChangeAsync(
                configuration =>
                {
                    changed = ChangedMeanwhile(configuration, before, wanted, ground.Facts);
                    if (changed.Length > 0)
                        throw new ChangedMeanwhileException();
                    wanted.PutInto(configuration);
                },
                ground.Facts.Undoes is null ? [] : ground.Facts.Known,
                cancel);
            return new StepOutcome.Done($"written over version {replaced.Version}");
        }
        catch (ChangedMeanwhileException)
        {
            return new StepOutcome.Stop(
                $"Somebody changed what is Kedge's since this run was planned: {string.Join("; ", changed.Take(5).Select(Told))}. Nothing was written.",
                "kedge run abandon this run, look with 'kedge ha plan FILE', then apply again.");
        }
    }

    /// <summary>Another try of this very write may have arrived meanwhile: that is nobody else.</summary>
    static ImmutableArray<PartChange> ChangedMeanwhile(XElement configuration, ClusterPart before, ClusterPart wanted, ChangeFacts facts)
    {
        var there = ClusterPart.In(configuration, facts.Properties);
        return there.Says(wanted) ? [] : PartChange.Between(before, there);
    }

    internal static string Told(PartChange change) =>
        $"{change.Subject} {change.Change.ToString().ToLowerInvariant()}{(change.Change is ChangeKind.Changed ? $" ({string.Join(", ", change.Details)})" : "")}";

    /// <summary>Leaves the write from within, before anything was sent.</summary>
    sealed class ChangedMeanwhileException : Exception;
}
