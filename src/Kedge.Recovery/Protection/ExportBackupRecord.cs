using System.Collections.Immutable;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>
/// Exports the record of the new backup, and of each ancestor that the point before does not hold, following what the records themselves say:
/// so the chain that is written down is the one that Cinder built, even where it chose another parent than we thought.
/// </summary>
/// <param name="KnownChain">Backups of the chain of the point before, oldest first.</param>
/// <param name="Parent">What the new backup was meant to stand on.</param>
public sealed record ExportBackupRecord(
    string Site, SourceId Volume, string VolumeName, ImmutableArray<string> KnownChain, string? Parent) : RecoveryStep
{
    /// <summary>No chain of ours comes near; a longer one is a circle in somebody's records.</summary>
    const int LongestChain = 1000;

    public override string Title => $"Export the record of {VolumeName}'s backup";

    public override IEnumerable<string> Needs => [ProtectStepIds.Backup(Volume)];

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(Site)];

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        if (sites[Site].Admin is not { } admin)
            return new StepOutcome.Stop(
                $"Backup records can be exported by an admin only, and site {Site} has none.", $"kedge site set {Site} --admin-cloud ENTRY, then resume the run.");
        var backup = run.ResultOf(ProtectStepIds.Backup(Volume), ProtectionJson.Default.BackedUp);
        var links = new List<BackupLink>();
        var next = backup.Backup;
        while (next is not null && !KnownChain.Contains(next))
        {
            if (links.Count == LongestChain || links.Exists(link => link.BackupId == next))
                return Broken($"its records go in a circle at {next}");
            BackupLink link;
            try
            {
                link = BackupRecordText.ToLink(await admin.BlockStorage.ExportBackupRecordAsync(new BackupId(next), cancel));
            }
            catch (FormatException e)
            {
                return Broken($"the record of {next} cannot be read: {e.Message}");
            }
            links.Add(link);
            next = link.ParentId;
        }
        links.Reverse();
        var remark = RemarkOf(links, next);
        return ProtectionJson.Done(
            remark ?? $"Record of {backup.Backup} exported.", new ChainExported(next, [.. links], remark), ProtectionJson.Default.ChainExported);
    }

    StepOutcome.Stop Broken(string how) => new(
        $"The chain of backups of volume {VolumeName} ({Volume}) cannot be told: {how}.",
        "Abandon this run and delete that backup; the next run makes a full one.");

    /// <summary>An incremental on something else than was meant is as good, as long as the chain says so; a person should know why it is longer.</summary>
    string? RemarkOf(List<BackupLink> links, string? knownUpTo)
    {
        var parent = links.Count > 0 ? links[^1].ParentId : knownUpTo;
        return parent is null || parent == Parent
            ? null
            : $"{VolumeName}: Cinder built its backup on {parent}; the point holds the chain as it is.";
    }
}
