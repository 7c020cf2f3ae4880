using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Protection;

/// <summary>Ids of the steps of a protect plan. They stand in marks and journals: they must not change between two versions of the program.</summary>
static class ProtectStepIds
{
    public const string Snapshot = "snapshot";
    public const string DeleteSnapshots = "delete-snapshots";
    public const string DeleteRootSnapshots = "delete-root-snapshots";
    public const string WritePoint = "write-point";
    public const string Sweep = "sweep";
    public const string Retention = "apply-retention";

    public static string Backup(SourceId volume) => $"backup/{volume}";

    public static string Export(SourceId volume) => $"export-record/{volume}";

    public static string Exposed(SourceId disk) => $"exposed/{disk}";

    public static string Read(SourceId disk) => $"read/{disk}";

    public static string RemoveExposed(SourceId disk) => $"remove-exposed/{disk}";

    public static string Standby(SourceId disk) => $"standby/{disk}";

    public static string BroughtForward(SourceId disk) => $"brought-forward/{disk}";

    public static string StandbySnapshot(SourceId disk) => $"standby-snapshot/{disk}";

    public const string ReleaseSourceSnapshots = "release-source-snapshots";

    public static string Image(SourceId image) => $"copy-image/{image}";

    public static string RootDisk(SourceId server) => $"copy-root-disk/{server}";
}
