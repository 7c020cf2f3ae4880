using System.Text.Json.Serialization;
using Kedge.Plans;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Protection;
using Kedge.Recovery.SiteLoss;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Steps;

/// <summary>
/// One step of a runbook of ours, as it is written into the journal: what it does and to what. It looks first and pushes second, and may
/// run any number of times. The kinds below are a durable format: a name is never given to another step, arguments are only added.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(ApplyRetention), "apply-retention")]
[JsonDerivedType(typeof(AssociateFloatingIp), "associate-floating-ip")]
[JsonDerivedType(typeof(AttachRouter), "attach-router")]
[JsonDerivedType(typeof(AttachVolume), "attach-volume")]
[JsonDerivedType(typeof(BackupVolume), "backup-volume")]
[JsonDerivedType(typeof(BringForward), "bring-forward")]
[JsonDerivedType(typeof(ClosePoint), "close-point")]
[JsonDerivedType(typeof(CopyImage), "copy-image")]
[JsonDerivedType(typeof(CopyRootDisk), "copy-root-disk")]
[JsonDerivedType(typeof(CreateNetwork), "create-network")]
[JsonDerivedType(typeof(CreatePort), "create-port")]
[JsonDerivedType(typeof(CreateRouter), "create-router")]
[JsonDerivedType(typeof(CreateSecurityGroup), "create-security-group")]
[JsonDerivedType(typeof(CreateSecurityGroupRules), "create-security-group-rules")]
[JsonDerivedType(typeof(CreateServer), "create-server")]
[JsonDerivedType(typeof(CreateServerGroup), "create-server-group")]
[JsonDerivedType(typeof(CreateSubnet), "create-subnet")]
[JsonDerivedType(typeof(DeleteSnapshots), "delete-snapshots")]
[JsonDerivedType(typeof(EnableDhcp), "enable-dhcp")]
[JsonDerivedType(typeof(EnsureStandby), "ensure-standby")]
[JsonDerivedType(typeof(ExportBackupRecord), "export-backup-record")]
[JsonDerivedType(typeof(ExposeSnapshot), "expose-snapshot")]
[JsonDerivedType(typeof(FillVolume), "fill-volume")]
[JsonDerivedType(typeof(FinishVolume), "finish-volume")]
[JsonDerivedType(typeof(ImportBackupRecord), "import-backup-record")]
[JsonDerivedType(typeof(ImportKeypair), "import-keypair")]
[JsonDerivedType(typeof(LookForKeypair), "look-for-keypair")]
[JsonDerivedType(typeof(MakeVolume), "make-volume")]
[JsonDerivedType(typeof(ReadDisk), "read-disk")]
[JsonDerivedType(typeof(RecoverWorkload), "recover-workload")]
[JsonDerivedType(typeof(ReleaseSourceSnapshots), "release-source-snapshots")]
[JsonDerivedType(typeof(RemoveMade), "remove-made")]
[JsonDerivedType(typeof(RemoveExposed), "remove-exposed")]
[JsonDerivedType(typeof(ReserveFloatingIp), "reserve-floating-ip")]
[JsonDerivedType(typeof(RestoreVolume), "restore-volume")]
[JsonDerivedType(typeof(SetRouterRoutes), "set-router-routes")]
[JsonDerivedType(typeof(SetServerState), "set-server-state")]
[JsonDerivedType(typeof(SnapshotStandby), "snapshot-standby")]
[JsonDerivedType(typeof(SnapshotWorkload), "snapshot-workload")]
[JsonDerivedType(typeof(SweepCopies), "sweep-copies")]
[JsonDerivedType(typeof(SweepDuplicates), "sweep-duplicates")]
[JsonDerivedType(typeof(WaitForHealth), "wait-for-health")]
[JsonDerivedType(typeof(WritePoint), "write-point")]
public abstract record RecoveryStep
{
    /// <summary>What a person would say that it does, e.g. <c>Create port web-eth0 with 10.0.0.5</c>.</summary>
    [JsonIgnore]
    public abstract string Title { get; }

    /// <summary>The ids of the steps whose results it reads: it comes after them, whatever else it comes after.</summary>
    [JsonIgnore]
    public virtual IEnumerable<string> Needs => [];

    /// <summary>Names of the limits it takes part in while it runs, see <see cref="Lanes"/>.</summary>
    [JsonIgnore]
    public abstract IEnumerable<string> Lanes { get; }

    /// <summary>How long it usually takes: for the order of work, never for a time-out.</summary>
    [JsonIgnore]
    public virtual TimeSpan Expected => TimeSpan.FromSeconds(1);

    /// <summary>After this long without an end a person is called. Time in which the cloud was unreachable does not count.</summary>
    [JsonIgnore]
    public virtual TimeSpan Deadline => TimeSpan.FromMinutes(10);

    public abstract Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel);
}
