using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Tests.Protection;

public sealed class RetentionTests
{
    static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 30, 0, TimeSpan.Zero); // a Monday
    static readonly ImmutableHashSet<string> Nobody = [];

    [Fact]
    public void The_last_of_each_hour_day_week_and_month_stay_besides_the_newest()
    {
        var points = Every(TimeSpan.FromHours(4), 6 * 70);
        var policy = new RetentionPolicy { KeepLast = 2, Daily = 3, Weekly = 2, Monthly = 2 };

        var kept = Kept(points, Nobody, policy);

        // 420 points until 15 March, a Sunday, 20:30.
        Assert.Equal(["02-28T20:30", "03-08T20:30", "03-13T20:30", "03-14T20:30", "03-15T16:30", "03-15T20:30"], kept.Select(point => $"{point.DataAt:MM-ddTHH:mm}"));
    }

    [Fact]
    public void The_newest_usable_point_stays_although_newer_ones_are_damaged_or_the_policy_is_short()
    {
        var points = Every(TimeSpan.FromHours(1), 10);

        var retired = Retention.ToRetire(points, points[2], Nobody, new RetentionPolicy { KeepLast = 1 });

        Assert.DoesNotContain(points[2], retired);
        Assert.DoesNotContain(points[9], retired);
        Assert.Equal(8, retired.Length);
    }

    [Fact]
    public void A_point_that_a_run_restores_from_stays_until_the_run_has_ended()
    {
        var points = Every(TimeSpan.FromHours(1), 10);

        Assert.Contains(points[0], Kept(points, [points[0].Id], new RetentionPolicy { KeepLast = 1 }));
        Assert.DoesNotContain(points[0], Kept(points, Nobody, new RetentionPolicy { KeepLast = 1 }));
    }

    [Fact]
    public void A_point_on_whose_backups_a_kept_one_stands_stays_with_it()
    {
        var points = Every(TimeSpan.FromHours(1), 4, chained: true);

        Assert.Equal(points, Kept(points, Nobody, new RetentionPolicy { KeepLast = 1 }));
    }

    static ImmutableArray<RecoveryPoint> Kept(ImmutableArray<RecoveryPoint> points, ImmutableHashSet<string> inUse, RetentionPolicy policy) =>
        [.. points.Except(Retention.ToRetire(points, points[^1], inUse, policy))];

    static ImmutableArray<RecoveryPoint> Every(TimeSpan distance, int count, bool chained = false)
    {
        var links = new List<BackupLink>();
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                if (!chained)
                    links.Clear();
                links.Add(new BackupLink { BackupId = $"backup-{i}", Service = "s", Url = "u" });
                return PointAt(Start + (distance * i), [.. links]);
            }),
        ];
    }

    static RecoveryPoint PointAt(DateTimeOffset at, ImmutableArray<BackupLink> chain) => new()
    {
        Schema = 1, Id = $"{at:yyyyMMddTHHmmss}", Workload = "shop", SourceSite = "a", TargetSite = "b", Run = "r", Blueprint = "h", BlueprintAt = at, DataAt = at,
        Skew = TimeSpan.Zero, Consistency = PointConsistency.Single,
        Volumes = [new VolumeCopy { Volume = new SourceId("v"), DataAt = at, SizeGib = 1, Chain = chain }],
    };
}
