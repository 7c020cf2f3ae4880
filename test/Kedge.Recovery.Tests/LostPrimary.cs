using System.Collections.Immutable;
using Kedge.OpenStack.BlockStorage;
using Kedge.Recovery.Points;
using Kedge.Sandbox;
using Kedge.Sandbox.BlockStorage;

namespace Kedge.Recovery.Tests;

/// <summary>What is left of a primary that held the small workload: a store of backups, and their exported records.</summary>
sealed record LostPrimary(BackupStore Store, ImmutableArray<BackupLink> Root, ImmutableArray<BackupLink> Shared)
{
    public static ReadOnlySpan<byte> OldBytes => "written before the full backup"u8;

    public static ReadOnlySpan<byte> NewBytes => "written before the incremental one"u8;

    public static async Task<LostPrimary> MakeAsync()
    {
        var store = new BackupStore();
        await using var house = House.WithTwoClouds(a => a with { Backups = store });
        return await house.LiveAsync(async () =>
        {
            var cinder = house.SiteA.Admin!.BlockStorage;
            var root = (await cinder.CreateVolumeAsync(new NewVolume { Name = "db-root", SizeGib = 1, Metadata = new Dictionary<string, string> { ["tier"] = "db" } }, default)).Id;
            var shared = (await cinder.CreateVolumeAsync(new NewVolume { Name = "", SizeGib = 1 }, default)).Id;
            house.A.World.WriteVolumeBytes(root.Value, 4096, OldBytes);
            house.A.World.WriteVolumeBytes(shared.Value, 0, OldBytes);
            var full = await BackUpAsync(cinder, root, null);
            house.A.World.WriteVolumeBytes(root.Value, 1 << 20, NewBytes);
            var incremental = await BackUpAsync(cinder, root, full.BackupId);
            return new LostPrimary(store, [full, incremental], [await BackUpAsync(cinder, shared, null)]);
        });
    }

    static async Task<BackupLink> BackUpAsync(BlockStorageClient cinder, VolumeId volume, string? parent)
    {
        var id = await cinder.CreateBackupAsync(new NewBackup { VolumeId = volume, Name = "b", IsIncremental = parent is not null }, default);
        var backup = await cinder.GetBackupAsync(id, default);
        while (backup.Status is BackupStatus.Creating)
            backup = await cinder.GetBackupAsync(id, default);
        var record = await cinder.ExportBackupRecordAsync(id, default);
        return new BackupLink { BackupId = id.Value, ParentId = parent, Service = record.BackupService, Url = record.BackupUrl, ObjectCount = backup.ObjectCount };
    }
}
