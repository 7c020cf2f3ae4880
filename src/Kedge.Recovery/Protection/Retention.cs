using System.Collections.Immutable;
using Kedge.Recovery.Points;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Protection;

/// <summary>Which points go, and what goes with them: pure, and the only place that knows the rules.</summary>
static class Retention
{
    /// <summary>
    /// The newest points stay, and so does an older one all of whose backups are ancestors of theirs: it costs nothing, since a chain goes as a
    /// whole or not at all. One that holds copies of root disks, or blocks, costs their space, and goes.
    /// </summary>
    /// <param name="points">Oldest first.</param>
    /// <param name="usable">The newest usable one, which stays whatever the policy says.</param>
    /// <param name="inUse">Ids of points that unfinished runs restore from: these stay too.</param>
    public static ImmutableArray<RecoveryPoint> ToRetire(
        ImmutableArray<RecoveryPoint> points, RecoveryPoint? usable, IReadOnlySet<string> inUse, RetentionPolicy policy)
    {
        var kept = points.TakeLast(Math.Max(1, policy.KeepLast))
            .Union(LastOfEach(points, policy.Hourly, at => at.Ticks / TimeSpan.TicksPerHour))
            .Union(LastOfEach(points, policy.Daily, at => at.Ticks / TimeSpan.TicksPerDay))
            // The first day of all, 1 January of year 1, was a Monday.
            .Union(LastOfEach(points, policy.Weekly, at => at.Ticks / (7 * TimeSpan.TicksPerDay)))
            .Union(LastOfEach(points, policy.Monthly, at => (at.Year * 12L) + at.Month))
            .Union(points.Where(point => inUse.Contains(point.Id)))
            .ToList();
        if (usable is not null && !kept.Exists(point => point.Id == usable.Id))
            kept.Add(usable);
        var backups = Backups(kept);
        var images = Images(kept);
        return
        [
            .. points.Where(point => kept.TrueForAll(one => one.Id != point.Id)
                && (point.Volumes.IsEmpty || point.Volumes.Any(copy => copy.Blocks is not null) || !Backups([point]).IsSubsetOf(backups) || !Images([point]).IsSubsetOf(images))),
        ];
    }

    /// <summary>The newest point of each of the last periods that have one.</summary>
    static IEnumerable<RecoveryPoint> LastOfEach(ImmutableArray<RecoveryPoint> points, int periods, Func<DateTime, long> periodOf) =>
        points.Reverse().DistinctBy(point => periodOf(point.DataAt.UtcDateTime)).Take(periods);

    public static HashSet<string> Backups(IEnumerable<RecoveryPoint> points) =>
        [.. points.SelectMany(point => point.Volumes).SelectMany(volume => volume.Chain).Select(link => link.BackupId)];

    /// <summary>Snapshots of standbys at the target, and snapshots kept at the source.</summary>
    public static HashSet<string> Snapshots(IEnumerable<RecoveryPoint> points) =>
        [.. points.SelectMany(point => point.Volumes).SelectMany(volume => new[] { volume.Blocks?.Standby?.Snapshot, volume.Blocks?.SourceSnapshot }).OfType<string>()];

    /// <summary>Points of disks in block repositories.</summary>
    public static HashSet<string> Disks(IEnumerable<RecoveryPoint> points) => [.. points.SelectMany(point => point.Volumes).Select(volume => volume.Blocks).OfType<BlocksCopy>().Select(DiskOf)];

    public static string DiskOf(BlocksCopy disk) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{disk.Repository}/{disk.Series}/{disk.Sequence}");

    public static HashSet<string> Images(IEnumerable<RecoveryPoint> points) =>
        [.. points.SelectMany(point => point.Images).Select(image => image.TargetImageId)];
}
