using System.Globalization;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// Makes a backup known at the target. It keeps its id, so looking is asking for that id, in any state and before anything else: an import
/// over an existing record has destroyed the backup itself (https://bugs.launchpad.net/cinder/+bug/1965847).
/// What is imported counts as adopted: Cinder has no call that forgets a record, its only deletion destroys the bytes of the point.
/// </summary>
/// <param name="Volume">Whose data it holds, for the reader.</param>
public sealed record ImportBackupRecord(string Site, BackupLink Link, string Volume) : RecoveryStep
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public override string Title => $"Import backup {Link.BackupId} of volume {Volume}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(3);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var site = sites[Site];
        if (site.Admin is not { } admin)
            return new StepOutcome.Stop($"Importing backup records is for administrators, and site {Site} has no admin cloud.", $"Give it one: kedge site set {Site} --admin-cloud ENTRY. Then resume the run.");

        var cinder = admin.BlockStorage;
        var backup = await cinder.FindBackupAsync(new BackupId(Link.BackupId), cancel);
        if (backup is null or { Status: BackupStatus.Deleted })
        {
            await cinder.ImportBackupRecordAsync(new BackupRecord(Link.Service, Link.Url), cancel);
            return new StepOutcome.NotYet($"backup {Link.BackupId} to be read from the store", Look);
        }
        return backup.Status switch
        {
            BackupStatus.Available or BackupStatus.Restoring => Adopt(backup),
            BackupStatus.Error => new StepOutcome.Stop(
                $"Backup {backup.Id} is in error at {Site}: {backup.FailReason ?? "Cinder gives no reason"}.",
                "See the log of cinder-backup there: usually the store is not mounted, or another driver is configured. Do not delete the backup: that deletes its bytes. Resume when its state is available."),
            _ => new StepOutcome.NotYet($"backup {backup.Id}, which is {backup.Status}", Look),
        };
    }

    StepOutcome Adopt(Backup backup)
    {
        var differs = Link.ObjectCount is { } objects && backup.ObjectCount is { } there && there != objects
            ? string.Create(CultureInfo.InvariantCulture, $"{there} objects instead of {objects}")
            : null;
        return differs is null
            ? new Made(backup.Id.Value, Adopted: true).Done($"backup {backup.Id} is known")
            : new StepOutcome.Stop(
                $"{Site} has another backup under the id {backup.Id}: {differs}.",
                "Find out whose it is. It is not overwritten: an import over an existing record can destroy it. Fail over from another point, or resume when it is gone.");
    }
}
