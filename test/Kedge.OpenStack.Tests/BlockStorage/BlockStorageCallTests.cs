using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Tests.World;

namespace Kedge.OpenStack.Tests.BlockStorage;

public sealed class BlockStorageCallTests : IDisposable
{
    readonly ImpatientClock clock = new();
    readonly ScriptedCloud world = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Cinder_is_told_what_was_meant(string call, Func<BlockStorageClient, Task> write, string answer, string body, string? version)
    {
        world.On(call.Replace(" ", " cinder/v3/p1/", StringComparison.Ordinal), 202, answer);
        await using var cloud = world.Connect(clock);

        await write(cloud.BlockStorage);

        var last = world.Calls[^1];
        Json.AreEqual(body, last.Body);
        Assert.Equal(version is null ? null : $"volume {version}", last.Version);
    }

    public static TheoryData<string, Func<BlockStorageClient, Task>, string, string, string?> Writes() => new()
    {
        {
            "POST volumes",
            cinder => cinder.CreateVolumeAsync(new() { Name = "v", BackupId = new("b1"), VolumeType = "fast", AvailabilityZone = "az", Metadata = new Dictionary<string, string> { ["a"] = "b" } }, Cancel),
            """{"volume": {"id": "v1", "status": "creating"}}""",
            """{"volume": {"name": "v", "backup_id": "b1", "volume_type": "fast", "availability_zone": "az", "metadata": {"a": "b"}}}""",
            "3.70"
        },
        {
            "POST volumes",
            cinder => cinder.CreateVolumeAsync(new() { Name = "v", SizeGib = 3 }, Cancel),
            """{"volume": {"id": "v1", "status": "creating"}}""",
            """{"volume": {"name": "v", "size": 3}}""",
            null
        },
        { "POST volumes/v1/action", cinder => cinder.MakeBootableAsync(new("v1"), Cancel), "", """{"os-set_bootable": {"bootable": true}}""", null },
        { "POST volumes/v1/action", cinder => cinder.MakeReadOnlyAsync(new("v1"), Cancel), "", """{"os-update_readonly_flag": {"readonly": true}}""", null },
        {
            "POST volumes/v1/action",
            cinder => cinder.SetImageMetadataAsync(new("v1"), new Dictionary<string, string> { ["hw_firmware_type"] = "uefi" }, Cancel),
            """{"metadata": {}}""",
            """{"os-set_image_metadata": {"metadata": {"hw_firmware_type": "uefi"}}}""",
            null
        },
        {
            "POST backups",
            async cinder => Assert.Equal(
                new BackupId("b1"),
                await cinder.CreateBackupAsync(new() { VolumeId = new("v1"), Name = "b", SnapshotId = new("s1"), IsIncremental = true, IsForced = true, Metadata = new Dictionary<string, string> { ["a"] = "b" } }, Cancel)),
            """{"backup": {"id": "b1", "name": "b"}}""",
            """{"backup": {"volume_id": "v1", "name": "b", "snapshot_id": "s1", "incremental": true, "force": true, "metadata": {"a": "b"}}}""",
            "3.70"
        },
        {
            "POST backups/import_record",
            async cinder => Assert.Equal(new BackupId("b1"), await cinder.ImportBackupRecordAsync(new("posix", "AAAA"), Cancel)),
            """{"backup": {"id": "b1"}}""",
            """{"backup-record": {"backup_service": "posix", "backup_url": "AAAA"}}""",
            null
        },
        { "POST backups/b1/action", cinder => cinder.ForceDeleteBackupAsync(new("b1"), Cancel), "", """{"os-force_delete": {}}""", null },
        {
            "POST snapshots",
            cinder => cinder.CreateSnapshotAsync(new() { VolumeId = new("v1"), Name = "s" }, Cancel),
            """{"snapshot": {"id": "s1", "status": "creating"}}""",
            """{"snapshot": {"volume_id": "v1", "name": "s"}}""",
            "3.70"
        },
        {
            "POST attachments",
            cinder => cinder.CreateAttachmentAsync(new("v1"), new("s1"), null, Cancel),
            """{"attachment": {"id": "a1", "volume_id": "v1", "status": "reserved"}}""",
            """{"attachment": {"volume_uuid": "v1", "instance_uuid": "s1"}}""",
            "3.70"
        },
        {
            "POST attachments",
            async cinder => Assert.Null((await cinder.CreateAttachmentAsync(new("v1"), null, new() { ["host"] = "h" }, Cancel)).AttachedAt),
            """{"attachment": {"id": "a1", "volume_id": "v1", "status": "attaching", "attached_at": "", "detached_at": ""}}""",
            """{"attachment": {"volume_uuid": "v1", "connector": {"host": "h"}}}""",
            "3.70"
        },
        {
            "PUT attachments/a1",
            cinder => cinder.UpdateAttachmentAsync(new("a1"), new() { ["host"] = "h" }, Cancel),
            """{"attachment": {"id": "a1", "volume_id": "v1", "status": "attaching"}}""",
            """{"attachment": {"connector": {"host": "h"}}}""",
            "3.70"
        },
    };

    [Fact]
    public async Task A_snapshot_of_a_volume_in_use_needs_force_where_the_cloud_is_older()
    {
        world.NewestCinder = "3.59";
        world.On("POST cinder/v3/p1/snapshots", 202, """{"snapshot": {"id": "s1", "status": "creating"}}""");
        await using var cloud = world.Connect(clock);

        await cloud.BlockStorage.CreateSnapshotAsync(new() { VolumeId = new("v1"), Name = "s" }, Cancel);

        Json.AreEqual("""{"snapshot": {"volume_id": "v1", "name": "s", "force": true}}""", world.Calls[^1].Body);
    }

    [Fact]
    public async Task A_backup_is_read_with_the_chain_that_it_belongs_to()
    {
        world.On("GET cinder/v3/p1/backups/b2", 200, """
            {"backup": {"id": "b2", "name": "b", "status": "error", "volume_id": "v1", "size": 3, "object_count": 4, "is_incremental": true, "has_dependent_backups": true,
              "fail_reason": "no space", "data_timestamp": "2026-01-01T10:00:00.123456", "created_at": "2026-01-01T10:00:01.000000", "container": "c", "metadata": {"a": "b"}}}
            """);
        await using var cloud = world.Connect(clock);

        var backup = await cloud.BlockStorage.GetBackupAsync(new("b2"), Cancel);

        Assert.Equal((BackupStatus.Error, "no space", true, true), (backup.Status, backup.FailReason, backup.IsIncremental, backup.HasDependentBackups));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 10, 0, 0, TimeSpan.Zero).AddMicroseconds(123456), backup.DataTimestamp);
    }

    [Fact]
    public async Task An_encrypted_volume_whose_key_is_not_told_says_so()
    {
        world.On("GET cinder/v3/p1/volumes/v1", 200, """{"volume": {"id": "v1", "status": "available", "encrypted": true, "volume_type": "luks", "volume_type_id": "t1"}}""");
        await using var cloud = world.Connect(clock);

        var volume = await cloud.BlockStorage.GetVolumeAsync(new("v1"), Cancel);

        Assert.Equal("encryption_key_id", Assert.Single(volume.Unreadable).Field);
        Assert.Equal("3.70", volume.ReadWith.ToString());
    }

    [Fact]
    public async Task Quotas_are_read_by_kind_and_type()
    {
        world.On("GET cinder/v3/p1/os-quota-sets/p1?usage=True", 200, """
            {"quota_set": {"id": "p1", "gigabytes": {"limit": 100, "in_use": 60, "reserved": 10}, "gigabytes_fast": {"limit": -1, "in_use": 60, "reserved": 0}}}
            """);
        await using var cloud = world.Connect(clock);

        var quotas = await cloud.BlockStorage.GetQuotasAsync(new("p1"), Cancel);

        Assert.Equal(30, quotas["gigabytes"].Free);
        Assert.Equal(long.MaxValue, quotas["gigabytes_fast"].Free);
        Assert.Equal(long.MaxValue, quotas["never heard of"].Free);
    }
}
