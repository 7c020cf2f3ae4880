using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;
using Kedge.Sandbox.Faults;

namespace Kedge.Recovery.Tests.Protection;

public sealed class ProtectTests
{
    [Fact]
    public async Task The_first_point_holds_a_full_backup_of_each_volume_and_a_copy_of_each_root_disk()
    {
        await using var house = await ProtectHouse.MakeAsync();

        var point = await house.ProtectAsync();

        Assert.Equal(house.ThreeTier.VolumeIds.Order(), point.Volumes.Select(copy => copy.Volume.Value).Order());
        Assert.All(point.Volumes, copy => Assert.Null(Assert.Single(copy.Chain).ParentId));
        Assert.Equal(2, point.Images.Count(image => image.RootDiskOf is not null));
        Assert.Single(point.Images, image => image.Image == new SourceId(house.ThreeTier.ImageId));
        Assert.Empty(point.Remarks);
        Assert.NotNull(await (await house.OpenAsync()).GetBlueprintAsync(point.Blueprint, TestContext.Current.CancellationToken));
        house.DemandNoLeftovers();
    }

    [Fact]
    public async Task Copies_at_the_target_hold_the_bytes_that_the_disks_had()
    {
        await using var house = await ProtectHouse.MakeAsync();
        house.House.A.World.WriteServerDiskBytes(house.ThreeTier.AppServerId, 4096, "of the app"u8);

        var point = await house.ProtectAsync();

        var copy = point.Images.Single(image => image.RootDiskOf == new SourceId(house.ThreeTier.AppServerId));
        Assert.Equal("of the app"u8.ToArray(), house.House.B.World.ReadImageBytes(copy.TargetImageId, 4096, 10));
        var image = house.House.B.World.Find(ResourceKind.Image, copy.TargetImageId)!;
        Assert.Equal("private", image["visibility"]!.GetValue<string>());
        Assert.True(image["os_hidden"]!.GetValue<bool>());
        Assert.Equal(house.ThreeTier.ImageId, point.Images.Single(one => one.Image is not null).TargetImageId);
    }

    [Fact]
    public async Task The_next_point_is_incremental_on_the_chain_of_the_one_before()
    {
        await using var house = await ProtectHouse.MakeAsync();
        var first = await house.ProtectAsync();

        var second = await house.ProtectAsync();

        foreach (var copy in second.Volumes)
        {
            var before = first.Volumes.Single(one => one.Volume == copy.Volume).Chain;
            Assert.Equal(before, copy.Chain.Take(1));
            Assert.Equal(before[^1].BackupId, copy.Chain[^1].ParentId);
        }
        Assert.Equal(first.Id, second.Previous?.Id);
        Assert.Equal(first.Blueprint, second.Blueprint);
        house.DemandNoLeftovers();
    }

    [Fact]
    public async Task An_image_that_is_at_the_target_already_is_not_copied_again()
    {
        await using var house = await ProtectHouse.MakeAsync();
        await house.ProtectAsync();
        var images = house.House.B.World.List(ResourceKind.Image).Count;

        await house.ProtectAsync();

        Assert.Equal(images + 2, house.House.B.World.List(ResourceKind.Image).Count);
    }

    [Fact]
    public async Task A_chain_whose_last_backup_is_gone_begins_anew_and_the_point_says_why()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        var first = await house.ProtectAsync();
        var gone = first.Volumes[0].Chain[^1].BackupId;
        await house.House.LiveAsync(() => house.House.SiteA.Tenant.BlockStorage.DeleteBackupAsync(new BackupId(gone), CancellationToken.None));

        var second = await house.ProtectAsync();

        Assert.Null(Assert.Single(second.Volumes[0].Chain).ParentId);
        Assert.Contains("gone", Assert.Single(second.Remarks), StringComparison.Ordinal);
        Assert.Equal(2, second.Volumes[1].Chain.Length);
    }

    [Fact]
    public async Task Where_Cinder_would_build_on_somebody_elses_backup_a_full_one_is_made()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        var first = await house.ProtectAsync();
        var volume = first.Volumes[0].Volume;
        await house.House.LiveAsync(() => house.House.SiteA.Tenant.BlockStorage.CreateBackupAsync(
            new NewBackup { VolumeId = new VolumeId(volume.Value), Name = "mine", IsForced = true }, CancellationToken.None));
        house.House.Clock.Advance(TimeSpan.FromMinutes(10));

        var second = await house.ProtectAsync();

        Assert.Single(second.Volumes.Single(copy => copy.Volume == volume).Chain);
        Assert.Contains("not of this chain", Assert.Single(second.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incremental_that_fails_is_followed_by_a_full_one_and_leaves_nothing()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        await house.ProtectAsync();
        var failures = 0;
        house.House.A.Faults.OnBackupReady = _ => failures++ == 0 ? "the parent could not be read" : null;

        var second = await house.ProtectAsync();

        Assert.Contains("the parent could not be read", Assert.Single(second.Remarks), StringComparison.Ordinal);
        Assert.Single(second.Volumes, copy => copy.Chain.Length == 1);
        Assert.DoesNotContain(await house.BackupsAsync(), backup => backup.Status == BackupStatus.Error);
    }

    [Fact]
    public async Task A_full_backup_that_fails_stops_the_run_and_the_last_good_point_stays()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        var good = await house.ProtectAsync();
        house.House.A.Faults.OnBackupReady = _ => "the store is full";

        var state = await house.RunAsync();

        Assert.Equal(RunPhase.Stopped, state.Phase);
        Assert.Contains("the store is full", state.Reason, StringComparison.Ordinal);
        Assert.Equal(good.Id, Assert.Single(await house.PointsAsync()).Id);
    }

    [Fact]
    public async Task A_new_chain_begins_after_as_many_incrementals_as_the_policy_says()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        house.Workload = house.Workload with { Retention = new RetentionPolicy { FullEvery = 1, KeepLast = 9 } };

        var points = new List<RecoveryPoint>();
        for (var i = 0; i < 4; i++)
            points.Add(await house.ProtectAsync());

        Assert.Equal([1, 2, 1, 2], points.Select(point => point.Volumes[0].Chain.Length));
    }

    [Fact]
    public async Task How_far_the_snapshots_lie_apart_is_recorded()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        var snapshots = 0;
        house.House.A.Faults.OnCall = call => IsSnapshot(call) && snapshots++ == 0 ? new FaultAction.Delay(TimeSpan.FromSeconds(7)) : FaultAction.None;

        var point = await house.ProtectAsync(house.RunWithDelaysAsync);

        Assert.InRange(point.Skew, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(8));
        Assert.Equal(PointConsistency.PerVolume, point.Consistency);
        Assert.Equal(point.Volumes.Min(copy => copy.DataAt), point.DataAt);
    }

    [Fact]
    public async Task Volumes_of_one_consistent_group_are_taken_at_one_instant()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        await GroupAsync(house);

        var point = await house.ProtectAsync();

        Assert.Equal(PointConsistency.Group, point.Consistency);
        Assert.Equal(TimeSpan.Zero, point.Skew);
        house.DemandNoLeftovers();
    }

    [Fact]
    public async Task A_point_is_never_visible_before_it_is_whole()
    {
        await using var house = await ProtectHouse.MakeAsync();
        var seenEarly = 0;
        house.House.Journal.OnWrite = (_, events) =>
        {
            var isWriting = events.OfType<StepDone>().Any(done => done.Step == "write-point");
            var isWritten = house.House.Journal.OnWrite is null;
            if (!isWriting && !isWritten && Directory.Exists(PointsFolder(house)) && Directory.EnumerateFiles(PointsFolder(house), "*.json").Any())
                seenEarly++;
            if (isWriting)
                house.House.Journal.OnWrite = null;
        };

        await house.ProtectAsync();

        Assert.Equal(0, seenEarly);
        Assert.Null(house.House.Journal.OnWrite);
    }

    [Fact]
    public async Task Retention_removes_whole_chains_and_never_the_newest_point()
    {
        await using var house = await ProtectHouse.MakeAsync();
        house.Workload = house.Workload with { Retention = new RetentionPolicy { FullEvery = 1, KeepLast = 2 } };

        for (var i = 0; i < 6; i++)
            await house.ProtectAsync();

        var points = await house.PointsAsync();
        Assert.Equal(2, points.Length);
        var needed = points.SelectMany(point => point.Volumes).SelectMany(copy => copy.Chain).Select(link => link.BackupId).ToHashSet();
        Assert.Equal(needed.Order(), (await house.BackupsAsync()).Select(backup => backup.Id.Value).Order());
        Assert.Equal(needed.Order(), house.House.A.Settings.Backups!.Ids.Order());
        var images = house.House.B.World.List(ResourceKind.Image).Where(image => image.ContainsKey("kedge_run")).Select(image => image["id"]!.GetValue<string>());
        Assert.Equal(points.SelectMany(point => point.Images).Select(image => image.TargetImageId).Distinct().Order(), images.Order());
    }

    [Fact]
    public async Task What_cannot_be_deleted_does_not_fail_the_run_and_goes_with_the_next()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        house.Workload = house.Workload with { Retention = new RetentionPolicy { FullEvery = 1, KeepLast = 1 } };
        await house.ProtectAsync();
        await house.ProtectAsync();
        house.House.A.Faults.OnCall = call => call is { Method: "DELETE" } && call.Path.Contains("/backups/", StringComparison.Ordinal)
            ? new FaultAction.Refuse(403, "Policy does not allow it.")
            : FaultAction.None;
        await house.ProtectAsync();
        Assert.Equal(6, (await house.BackupsAsync()).Count);

        house.House.A.Faults.OnCall = null;
        var last = await house.ProtectAsync();

        var needed = last.Volumes.SelectMany(copy => copy.Chain).Select(link => link.BackupId);
        Assert.Equal(needed.Order(), (await house.BackupsAsync()).Select(backup => backup.Id.Value).Order());
    }

    [Fact]
    public async Task An_encrypted_volume_is_refused_before_anything_is_done()
    {
        await using var house = await ProtectHouse.MakeAsync();
        var blueprint = new Blueprint
        {
            Schema = 1,
            Workload = "shop",
            Origin = new BlueprintOrigin { Site = "A", Region = "R", Project = new SourceId("p"), ProjectName = "demo" },
            Volumes = [new VolumeBlueprint { Id = new SourceId("v"), Name = "secrets", SizeGib = 1, VolumeType = "luks", IsEncrypted = true }],
        };

        var refused = await Assert.ThrowsAsync<ProtectionException>(async () => await ProtectRunbook.PrepareAsync(
            house.Workload, blueprint, house.House.Clock.GetUtcNow(), house.House.SiteA, house.House.SiteB, await house.OpenAsync(), CancellationToken.None));

        Assert.Contains("secrets", refused.Message, StringComparison.Ordinal);
    }

    static bool IsSnapshot(SandboxCall call) => call.Method == "POST" && call.Path.EndsWith("/snapshots", StringComparison.Ordinal);

    static string PointsFolder(ProtectHouse house) => Path.Combine(house.Repository, "workloads", "shop", "points");

    static Task GroupAsync(ProtectHouse house) => house.House.LiveAsync(async () =>
    {
        var cinder = house.House.SiteA.Tenant.BlockStorage;
        var volumes = new[] { house.ThreeTier.DbRootVolumeId, house.ThreeTier.DbDataVolumeId }.Select(id => new VolumeId(id)).ToList();
        var types = new List<VolumeTypeId>();
        await foreach (var type in cinder.ListVolumeTypesAsync(CancellationToken.None))
            types.Add(type.Id);
        await foreach (var type in cinder.ListGroupTypesAsync(CancellationToken.None))
        {
            if (type.TakesConsistentSnapshots)
            {
                var group = await cinder.CreateGroupAsync(new NewVolumeGroup { Name = "db", GroupType = type.Id, VolumeTypes = types }, CancellationToken.None);
                await cinder.AddToGroupAsync(group, volumes, CancellationToken.None);
                return;
            }
        }
    });
}
