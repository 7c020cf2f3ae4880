using Kedge.OpenStack.Http;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.BlockStorage;

/// <summary>The microversions that calls to Cinder are made with, and why. <c>https://docs.openstack.org/cinder/latest/contributor/api_microversion_history.html</c></summary>
static class Cinder
{
    /// <summary>The newest that this library knows.</summary>
    public static readonly Microversion Newest = new(3, 70);

    public static readonly Microversion Oldest = new(3, 0);

    /// <summary>Whatever the cloud has.</summary>
    public static readonly VersionRange Any = new(Oldest, Newest, "reading");

    public static readonly VersionRange GroupTypes = new(new(3, 11), Newest, "group types");
    public static readonly VersionRange Groups = new(new(3, 13), Newest, "volume groups");
    public static readonly VersionRange GroupSnapshots = new(new(3, 14), Newest, "group snapshots");
    public static readonly VersionRange Attachments = new(new(3, 27), Newest, "attachments");
    public static readonly VersionRange ExtendInUse = new(Oldest, Newest, "extending a volume");
    public static readonly VersionRange BackupMetadata = new(new(3, 43), Newest, "metadata of a backup");
    public static readonly VersionRange CompleteAttachment = new(new(3, 44), Newest, "completing an attachment");
    public static readonly VersionRange VolumeFromBackup = new(new(3, 47), Newest, "a volume from a backup");
    public static readonly VersionRange BackupZone = new(new(3, 51), Newest, "a backup's availability zone");
    public static readonly VersionRange SnapshotInUse = new(new(3, 66), Newest, "a snapshot of a volume in use without force");

    static readonly (string Field, Microversion Since, Func<Volume, bool> IsTold)[] Contract =
    [
        ("volume_type_id", new(3, 63), volume => volume.VolumeTypeId is not null || volume.VolumeType is null),
        ("encryption_key_id", new(3, 64), volume => !volume.IsEncrypted || volume.EncryptionKeyId is not null),
        ("group_id", new(3, 13), _ => true),
    ];

    /// <summary>Adds to a volume which fields of the restore contract were not told.</summary>
    public static Volume WithReadability(Volume volume, Microversion newest)
    {
        var used = newest < Newest ? newest : Newest;
        return volume with
        {
            ReadWith = used,
            Unreadable = [.. Contract
                .Where(field => used < field.Since || !field.IsTold(volume))
                .Select(field => new UnreadableField(
                    field.Field,
                    used < field.Since ? $"needs block-storage {field.Since}, this cloud speaks {newest}" : "the cloud did not tell it to this user"))],
        };
    }
}
