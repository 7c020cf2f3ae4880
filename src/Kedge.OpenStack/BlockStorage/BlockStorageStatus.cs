using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.BlockStorage;

/// <summary>State of a volume.</summary>
[JsonConverter(typeof(StatusConverter<VolumeStatus>))]
public enum VolumeStatus
{
    /// <summary>A state that this library does not know.</summary>
    Unrecognized,

    /// <summary>Being created.</summary>
    Creating,

    /// <summary>Ready and attached to nothing.</summary>
    Available,

    /// <summary>About to be attached.</summary>
    Reserved,

    /// <summary>Being attached.</summary>
    Attaching,

    /// <summary>Being detached.</summary>
    Detaching,

    /// <summary>Attached.</summary>
    InUse,

    /// <summary>Locked for maintenance.</summary>
    Maintenance,

    /// <summary>Being deleted.</summary>
    Deleting,

    /// <summary>Offered to another project.</summary>
    AwaitingTransfer,

    /// <summary>Failed.</summary>
    Error,

    /// <summary>Deletion failed.</summary>
    ErrorDeleting,

    /// <summary>Being backed up.</summary>
    BackingUp,

    /// <summary>Being restored into.</summary>
    RestoringBackup,

    /// <summary>Backup failed.</summary>
    ErrorBackingUp,

    /// <summary>Restore failed: the content is not to be trusted.</summary>
    ErrorRestoring,

    /// <summary>Extension failed.</summary>
    ErrorExtending,

    /// <summary>Being filled from an image.</summary>
    Downloading,

    /// <summary>Being written to an image.</summary>
    Uploading,

    /// <summary>Changing its type.</summary>
    Retyping,

    /// <summary>Being extended.</summary>
    Extending,

    /// <summary>Taking over failed.</summary>
    ErrorManaging,

    /// <summary>Being taken over.</summary>
    Managing,
}

/// <summary>State of a snapshot or group snapshot.</summary>
[JsonConverter(typeof(StatusConverter<SnapshotStatus>))]
public enum SnapshotStatus
{
    /// <summary>A state that this library does not know.</summary>
    Unrecognized,

    /// <summary>Being created.</summary>
    Creating,

    /// <summary>Ready.</summary>
    Available,

    /// <summary>Being backed up.</summary>
    BackingUp,

    /// <summary>Being deleted.</summary>
    Deleting,

    /// <summary>Failed.</summary>
    Error,

    /// <summary>Gone.</summary>
    Deleted,

    /// <summary>Being let go.</summary>
    Unmanaging,

    /// <summary>Being reverted to.</summary>
    Restoring,

    /// <summary>Deletion failed.</summary>
    ErrorDeleting,
}

/// <summary>State of a backup.</summary>
[JsonConverter(typeof(StatusConverter<BackupStatus>))]
public enum BackupStatus
{
    /// <summary>A state that this library does not know.</summary>
    Unrecognized,

    /// <summary>Being made.</summary>
    Creating,

    /// <summary>Complete, as far as Cinder knows.</summary>
    Available,

    /// <summary>Being deleted.</summary>
    Deleting,

    /// <summary>Failed; the reason is in <see cref="Backup.FailReason"/>.</summary>
    Error,

    /// <summary>Being restored from.</summary>
    Restoring,

    /// <summary>Deletion failed.</summary>
    ErrorDeleting,

    /// <summary>Gone.</summary>
    Deleted,
}

/// <summary>State of a volume group.</summary>
[JsonConverter(typeof(StatusConverter<GroupStatus>))]
public enum GroupStatus
{
    /// <summary>A state that this library does not know.</summary>
    Unrecognized,

    /// <summary>Being created.</summary>
    Creating,

    /// <summary>Ready.</summary>
    Available,

    /// <summary>Changing its members.</summary>
    Updating,

    /// <summary>Being deleted.</summary>
    Deleting,

    /// <summary>Failed.</summary>
    Error,

    /// <summary>Deletion failed.</summary>
    ErrorDeleting,

    /// <summary>Gone.</summary>
    Deleted,
}
