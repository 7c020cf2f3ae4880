using System.Text;
using System.Text.Json.Nodes;

namespace Kedge.Sandbox.Tests;

public sealed class BackupTests
{
    readonly ManualClock clock = new();
    readonly Kedge.Sandbox.BlockStorage.BackupStore store = new();

    [Fact]
    public async Task A_chain_exported_here_is_restored_there_byte_for_byte()
    {
        var (source, target) = (Cloud("a"), Cloud("b"));
        using var from = await Caller.LoginAsync(source, "admin");
        using var to = await Caller.LoginAsync(target, "admin");
        var volume = await VolumeAsync(from);
        source.World.WriteVolumeBytes(volume, 100, "first"u8);
        var full = await BackupAsync(from, volume, isIncremental: false);
        source.World.WriteVolumeBytes(volume, 700_000_000, "second"u8);
        var increment = await BackupAsync(from, volume, isIncremental: true);

        foreach (var id in (string[])[full, increment])
            await to.PostAsync("/volume/v3/backups/import_record", (await from.GetAsync($"/volume/v3/backups/{id}/export_record")).Json);
        var restored = (await to.PostAsync("/volume/v3/volumes",
            new JsonObject { ["volume"] = new JsonObject { ["backup_id"] = increment } })).Id("volume");

        Assert.Equal("available", await StatusAsync(to, "volume", restored));
        Assert.Equal(source.World.FingerprintVolume(volume), target.World.FingerprintVolume(restored));
        Assert.Equal("second", Encoding.UTF8.GetString(target.World.ReadVolumeBytes(restored, 700_000_000, 6)));
    }

    [Fact]
    public async Task A_missing_parent_shows_only_when_the_restore_ends_in_error()
    {
        var (source, target) = (Cloud("a"), Cloud("b"));
        using var from = await Caller.LoginAsync(source, "admin");
        using var to = await Caller.LoginAsync(target, "admin");
        var volume = await VolumeAsync(from);
        await BackupAsync(from, volume, isIncremental: false);
        var increment = await BackupAsync(from, volume, isIncremental: true);

        await to.PostAsync("/volume/v3/backups/import_record", (await from.GetAsync($"/volume/v3/backups/{increment}/export_record")).Json);
        var created = await to.PostAsync("/volume/v3/volumes",
            new JsonObject { ["volume"] = new JsonObject { ["backup_id"] = increment } });
        var existing = await VolumeAsync(to);
        await to.PostAsync($"/volume/v3/backups/{increment}/restore",
            new JsonObject { ["restore"] = new JsonObject { ["volume_id"] = existing } });

        Assert.Equal(202, created.Status);
        Assert.Equal("error_restoring", await StatusAsync(to, "volume", created.Id("volume")));
        Assert.Equal("error_restoring", await StatusAsync(to, "volume", existing));
        Assert.Equal("available", await StatusAsync(to, "backup", increment));
    }

    [Theory]
    [InlineData(false, 200)]
    [InlineData(true, 404)]
    public async Task An_import_over_an_existing_record_is_refused_and_in_an_old_cloud_destroys_it(bool isOld, int statusOfExisting)
    {
        var cloud = SandboxCloud.Create(new SandboxSettings { Policies = new() { LegacyDestructiveImport = isOld } }, clock);
        using var admin = await Caller.LoginAsync(cloud, "admin");
        var backup = await BackupAsync(admin, await VolumeAsync(admin), isIncremental: false);

        var again = await admin.PostAsync("/volume/v3/backups/import_record",
            (await admin.GetAsync($"/volume/v3/backups/{backup}/export_record")).Json);

        Assert.Equal(400, again.Status);
        Assert.Equal(statusOfExisting, (await admin.GetAsync($"/volume/v3/backups/{backup}")).Status);
    }

    [Fact]
    public async Task A_record_whose_bytes_are_gone_is_imported_all_the_same()
    {
        var (source, target) = (Cloud("a"), Cloud("b"));
        using var from = await Caller.LoginAsync(source, "admin");
        using var to = await Caller.LoginAsync(target, "admin");
        var volume = await VolumeAsync(from);
        var backup = await BackupAsync(from, volume, isIncremental: false);
        store.Remove(backup);

        await to.PostAsync("/volume/v3/backups/import_record", (await from.GetAsync($"/volume/v3/backups/{backup}/export_record")).Json);
        var imported = (await to.GetAsync($"/volume/v3/backups/{backup}"))["backup"];

        Assert.Equal(("available", volume), ((string)imported["status"]!, (string)imported["volume_id"]!));
    }

    [Fact]
    public async Task Records_are_for_admins_and_a_parent_cannot_be_deleted_before_its_child()
    {
        var cloud = Cloud("a");
        using var demo = await Caller.LoginAsync(cloud);
        var volume = await VolumeAsync(demo);
        var full = await BackupAsync(demo, volume, isIncremental: false);
        await BackupAsync(demo, volume, isIncremental: true);

        Assert.Equal(403, (await demo.GetAsync($"/volume/v3/backups/{full}/export_record")).Status);
        Assert.Equal(400, (await demo.DeleteAsync($"/volume/v3/backups/{full}")).Status);
        Assert.True((bool)(await demo.GetAsync($"/volume/v3/backups/{full}"))["backup"]["has_dependent_backups"]!);
    }

    [Fact]
    public async Task A_backup_of_a_snapshot_holds_the_moment_of_the_snapshot()
    {
        var cloud = Cloud("a");
        using var demo = await Caller.LoginAsync(cloud);
        var volume = await VolumeAsync(demo);
        cloud.World.WriteVolumeBytes(volume, 0, "before"u8);
        var snapshot = (await demo.PostAsync("/volume/v3/snapshots",
            new JsonObject { ["snapshot"] = new JsonObject { ["volume_id"] = volume } })).Id("snapshot");
        cloud.World.WriteVolumeBytes(volume, 0, "after!"u8);

        var backup = (await demo.PostAsync("/volume/v3/backups", new JsonObject
        {
            ["backup"] = new JsonObject { ["volume_id"] = volume, ["snapshot_id"] = snapshot },
        })).Id("backup");
        await StatusAsync(demo, "backup", backup);
        var restored = (await demo.PostAsync("/volume/v3/volumes",
            new JsonObject { ["volume"] = new JsonObject { ["backup_id"] = backup } })).Id("volume");
        await StatusAsync(demo, "volume", restored);

        Assert.Equal("before", Encoding.UTF8.GetString(cloud.World.ReadVolumeBytes(restored, 0, 6)));
        Assert.Equal("after!", Encoding.UTF8.GetString(cloud.World.ReadVolumeBytes(volume, 0, 6)));
    }

    [Fact]
    public async Task Backups_in_a_directory_outlive_the_cloud_that_made_them()
    {
        var directory = Directory.CreateTempSubdirectory("kedge-sandbox-").FullName;
        var source = SandboxCloud.Create(new SandboxSettings { Name = "a", Backups = BlockStorage.BackupStore.InDirectory(directory) },
            clock);
        using var from = await Caller.LoginAsync(source, "admin");
        var volume = await VolumeAsync(from);
        source.World.WriteVolumeBytes(volume, 5_000, "kept"u8);
        var backup = await BackupAsync(from, volume, isIncremental: false);
        var record = (await from.GetAsync($"/volume/v3/backups/{backup}/export_record")).Json;
        await source.KillAsync();

        var target = SandboxCloud.Create(new SandboxSettings { Name = "b", Backups = BlockStorage.BackupStore.InDirectory(directory) },
            clock);
        using var to = await Caller.LoginAsync(target, "admin");
        await to.PostAsync("/volume/v3/backups/import_record", record);
        var restored = (await to.PostAsync("/volume/v3/volumes", new JsonObject { ["volume"] = new JsonObject { ["backup_id"] = backup } }))
            .Id("volume");
        await StatusAsync(to, "volume", restored);

        Assert.Equal("kept", Encoding.UTF8.GetString(target.World.ReadVolumeBytes(restored, 5_000, 4)));
        Directory.Delete(directory, true);
    }

    [Fact]
    public async Task The_clock_and_not_the_number_of_calls_makes_a_backup_ready()
    {
        var cloud = SandboxCloud.Create(new SandboxSettings { Latencies = new() { Backup = TimeSpan.FromSeconds(15) } }, clock);
        using var demo = await Caller.LoginAsync(cloud);
        var volume = await VolumeAsync(demo);

        var backup = (await demo.PostAsync("/volume/v3/backups", new JsonObject { ["backup"] = new JsonObject { ["volume_id"] = volume } }))
            .Id("backup");
        var early = await StatusAsync(demo, "backup", backup);
        clock.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal("creating", early);
        Assert.Equal("available", await StatusAsync(demo, "backup", backup));
    }

    [Fact]
    public async Task A_restore_brings_image_metadata_and_puts_the_old_metadata_in_place_of_the_new()
    {
        var cloud = Cloud("a");
        using var demo = await Caller.LoginAsync(cloud);
        var image = (string)(await demo.GetAsync("/image/v2/images"))["images"][0]!["id"]!;
        var volume = (await demo.PostAsync("/volume/v3/volumes", new JsonObject
        {
            ["volume"] = new JsonObject { ["size"] = 1, ["imageRef"] = image, ["metadata"] = new JsonObject { ["old"] = "1" } },
        })).Id("volume");
        var backup = await BackupAsync(demo, volume, isIncremental: false);

        var restored = (await demo.PostAsync("/volume/v3/volumes", new JsonObject
        {
            ["volume"] = new JsonObject { ["backup_id"] = backup, ["name"] = "mine", ["metadata"] = new JsonObject { ["mark"] = "2" } },
        }))["volume"];
        var after = (await demo.GetAsync($"/volume/v3/volumes/{restored["id"]}"))["volume"];

        Assert.Equal("2", (string)restored["metadata"]!["mark"]!);
        Assert.Equal(new JsonObject { ["old"] = "1", ["src_backup_id"] = backup }.ToJsonString(), after["metadata"]!.ToJsonString());
        Assert.Equal(("mine", "true", "cirros"),
            ((string)after["name"]!, (string)after["bootable"]!, (string)after["volume_image_metadata"]!["os_distro"]!));
    }

    [Fact]
    public async Task A_backup_in_error_stops_all_later_increments()
    {
        var cloud = Cloud("a");
        using var demo = await Caller.LoginAsync(cloud);
        var volume = await VolumeAsync(demo);
        await BackupAsync(demo, volume, isIncremental: false);
        cloud.Faults.OnBackupReady = _ => "disk full";
        clock.Advance(TimeSpan.FromSeconds(1));
        JsonObject Incremental() => new() { ["backup"] = new JsonObject { ["volume_id"] = volume, ["incremental"] = true } };

        var failed = (await demo.PostAsync("/volume/v3/backups", Incremental())).Id("backup");
        var status = await StatusAsync(demo, "backup", failed);
        cloud.Faults.OnBackupReady = null;

        Assert.Equal("error", status);
        Assert.Equal(400, (await demo.PostAsync("/volume/v3/backups", Incremental())).Status);
    }

    [Fact]
    public async Task A_group_snapshot_takes_all_its_volumes_at_once()
    {
        var cloud = Cloud("a");
        using var demo = await Caller.LoginAsync(cloud);
        var types = await demo.GetAsync("/volume/v3/types");
        var group = (await demo.PostAsync("/volume/v3/groups", new JsonObject
        {
            ["group"] = new JsonObject { ["group_type"] = "consistent",
                ["volume_types"] = new JsonArray((string)types["volume_types"][0]!["id"]!), ["name"] = "g" },
        })).Id("group");
        var volumes = $"{await VolumeAsync(demo)},{await VolumeAsync(demo)}";
        await demo.PutAsync($"/volume/v3/groups/{group}", new JsonObject { ["group"] = new JsonObject { ["add_volumes"] = volumes } });

        await demo.PostAsync("/volume/v3/group_snapshots", new JsonObject { ["group_snapshot"] = new JsonObject { ["group_id"] = group } });

        var snapshots = (await demo.GetAsync("/volume/v3/snapshots/detail"))["snapshots"].AsArray();
        Assert.Equal(2, snapshots.Count);
        Assert.Single(snapshots.Select(s => (string)s!["created_at"]!).Distinct());
    }

    SandboxCloud Cloud(string name) => SandboxCloud.Create(new SandboxSettings { Name = name, Backups = store }, clock);

    static async Task<string> VolumeAsync(Caller caller) =>
        (await caller.PostAsync("/volume/v3/volumes", Caller.Json("""{"volume": {"size": 1, "name": "v"}}"""))).Id("volume");

    /// <summary>A second apart, as Cinder's choice of the parent goes by time.</summary>
    async Task<string> BackupAsync(Caller caller, string volume, bool isIncremental)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        var backup = (await caller.PostAsync("/volume/v3/backups", new JsonObject
        {
            ["backup"] = new JsonObject { ["volume_id"] = volume, ["incremental"] = isIncremental },
        })).Id("backup");
        Assert.Equal("available", await StatusAsync(caller, "backup", backup));
        return backup;
    }

    static async Task<string> StatusAsync(Caller caller, string kind, string id) =>
        (string)(await caller.GetAsync($"/volume/v3/{kind}s/{id}"))[kind]["status"]!;
}
