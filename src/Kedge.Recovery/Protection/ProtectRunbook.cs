using System.Collections.Immutable;
using System.Text.Json;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Protection;

/// <summary>Writes the plan that makes one recovery point: each volume by the method that was chosen for it.</summary>
public static class ProtectRunbook
{
    public const string Kind = "protect";

    /// <summary>Its own: a protection that waits for a primary that is gone must not stand in the way of the failover.</summary>
    public static string ExclusiveKey(Workload workload) => $"protect/{workload.Name}";

    /// <summary>By the method backup alone: of a kedge that has no board for movers.</summary>
    /// <inheritdoc cref="PrepareAsync(Workload, Blueprint, DateTimeOffset, SiteSet, SiteMapping, PointRepository, CancellationToken)"/>
    public static Task<Plan> PrepareAsync(
        Workload workload, Blueprint blueprint, DateTimeOffset capturedAt, Site from, Site to, PointRepository repository, CancellationToken cancel) =>
        PrepareAsync(workload, blueprint, capturedAt, new SiteSet(new Dictionary<string, Site> { [workload.From] = from, [workload.To] = to }), null, repository, cancel);

    /// <summary>
    /// Stores the blueprint in the repository, looks at the chains of the point before and at the volumes' group, chooses the methods, and writes
    /// the plan.
    /// </summary>
    /// <param name="workload">Whose points are made.</param>
    /// <param name="blueprint">A whole capture of the workload.</param>
    /// <param name="capturedAt">When that was begun.</param>
    /// <param name="sites">Both sites, and the board for orders to their movers.</param>
    /// <param name="mapping">Null: none yet; then no standby can be made, because nobody knows of which type.</param>
    /// <param name="repository">Where the point will be.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ProtectionException">A chosen method cannot protect a volume; every reason at once.</exception>
    /// <exception cref="RepositoryException">The repository cannot be read or written.</exception>
    public static async Task<Plan> PrepareAsync(
        Workload workload, Blueprint blueprint, DateTimeOffset capturedAt, SiteSet sites, SiteMapping? mapping, PointRepository repository, CancellationToken cancel)
    {
        var choices = MethodChoice.Of(workload, blueprint, sites);
        if (ProtectionException.ReasonsAgainst(choices) is { IsEmpty: false } reasons)
            throw new ProtectionException(workload.Name, reasons);
        var (from, to) = (sites[workload.From], sites[workload.To]);
        var hash = await repository.PutBlueprintAsync(blueprint, cancel);
        await repository.DefinitionsOf(workload.Name).PutAsync(blueprint, capturedAt, cancel);
        await repository.RecordsOf(workload.Name).PutAsync(workload, mapping, [from.Record, to.Record], cancel);
        var before = await repository.FindNewestUsableAsync(workload.Name, cancel);
        return For(new ProtectInputs
        {
            Workload = workload,
            Blueprint = blueprint,
            BlueprintHash = hash,
            CapturedAt = capturedAt,
            From = from.Name,
            To = to.Name,
            Repository = repository.Path,
            Before = before?.SourceSite == from.Name && before.TargetSite == to.Name ? before : null,
            Group = await FindGroupAsync(blueprint, from, cancel),
            Methods = choices.ToImmutableDictionary(choice => choice.Volume, choice => choice.Method),
            Movers = from.Movers,
            Mapping = mapping,
        });
    }

    static Plan For(ProtectInputs inputs)
    {
        var book = new Runbook();
        var (workload, blueprint) = (inputs.Workload, inputs.Blueprint);
        var imageBooted = blueprint.Servers.Where(server => server.Image is not null).ToList();
        var roots = imageBooted.Select(server => new RootDiskServer(server.Id, server.Name)).ToImmutableArray();
        var volumes = blueprint.Volumes.Select(volume => volume.Id).ToImmutableArray();
        var (pointNeeds, backups, rootCopies) = (new List<string>(), new List<string>(), new List<string>());

        foreach (var image in blueprint.Images)
            pointNeeds.Add(book.Add(ProtectStepIds.Image(image.Id), new CopyImage(inputs.From, inputs.To, image), []));
        if (volumes.Length + roots.Length > 0)
            book.Add(ProtectStepIds.Snapshot, new SnapshotWorkload(inputs.From, workload.Name, volumes, roots, inputs.Group), []);
        foreach (var volume in blueprint.Volumes.Where(inputs.IsInBlocks))
            backups.Add(BlocksRunbook.Add(book, inputs, volume, pointNeeds));
        foreach (var volume in blueprint.Volumes.Where(volume => !inputs.IsInBlocks(volume)))
        {
            var chain = VolumeChain.After(inputs.Before, volume, workload.Retention.FullEvery);
            var name = volume.Name is { Length: > 0 } given ? given : volume.Id.Value;
            backups.Add(book.Add(
                ProtectStepIds.Backup(volume.Id),
                new BackupVolume(inputs.From, workload.Name, volume.Id, name, volume.SizeGib, chain.Parent, chain.WhyFull),
                [ProtectStepIds.Snapshot]));
            pointNeeds.Add(book.Add(
                ProtectStepIds.Export(volume.Id),
                new ExportBackupRecord(inputs.From, volume.Id, name, chain.Known, chain.Parent),
                [ProtectStepIds.Backup(volume.Id)]));
        }
        foreach (var server in imageBooted)
        {
            rootCopies.Add(book.Add(
                ProtectStepIds.RootDisk(server.Id),
                new CopyRootDisk(inputs.From, inputs.To, workload.Name, server.Id, server.Name, server.EmbeddedFlavor.DiskGib),
                [ProtectStepIds.Snapshot]));
        }

        // The point comes last of all that it refers to; the snapshots go meanwhile.
        book.Add(ProtectStepIds.WritePoint, PointOf(inputs, roots), pointNeeds.Concat(rootCopies));
        if (backups.Count > 0)
            book.Add(ProtectStepIds.DeleteSnapshots, Delete(inputs, SnapshotsOf.Volumes), backups);
        if (rootCopies.Count > 0)
            book.Add(ProtectStepIds.DeleteRootSnapshots, Delete(inputs, SnapshotsOf.RootDisks), rootCopies);
        book.Add(ProtectStepIds.Sweep, new SweepCopies(inputs.Repository, workload.Name, inputs.From, inputs.To), [ProtectStepIds.WritePoint]);
        if (BlocksRunbook.SnapshotsKeptBefore(inputs) is { IsEmpty: false } kept)
            book.Add(ProtectStepIds.ReleaseSourceSnapshots, new ReleaseSourceSnapshots(inputs.From, kept), [ProtectStepIds.WritePoint]);
        book.Add(
            ProtectStepIds.Retention,
            new ApplyRetention(inputs.Repository, workload.Name, inputs.From, inputs.To, workload.Retention),
            [ProtectStepIds.Sweep]);

        var facts = JsonSerializer.SerializeToElement(
            new ProtectFacts(inputs.From, inputs.To, inputs.Repository, inputs.BlueprintHash, inputs.Before?.Id), ProtectionJson.Default.ProtectFacts);
        return Plan.Create(Kind, $"Protect {workload.Name} of {inputs.From} at {inputs.To}", workload.Name, book.Steps, facts);
    }

    static WritePoint PointOf(ProtectInputs inputs, ImmutableArray<RootDiskServer> roots) => new(
        inputs.Repository,
        inputs.Workload.Name,
        inputs.From,
        inputs.To,
        inputs.BlueprintHash,
        inputs.CapturedAt,
        [.. inputs.Blueprint.Volumes.Select(volume => new PointVolume(
            volume.Id, volume.SizeGib, inputs.IsInBlocks(volume) ? ReplicationMethod.Blocks : ReplicationMethod.Backup, inputs.IsInBlocks(volume) && inputs.ReadsInPlace))],
        [.. inputs.Blueprint.Images.Select(image => image.Id)],
        [.. roots.Select(root => root.Server)],
        inputs.Before?.Id);

    static DeleteSnapshots Delete(ProtectInputs inputs, SnapshotsOf of) => new(
        inputs.From, inputs.Workload.Name, of, inputs.Group is not null,
        inputs.ReadsInPlace ? [.. inputs.Blueprint.Volumes.Where(inputs.IsInBlocks).Select(volume => volume.Id)] : []);

    /// <summary>The group that holds all the volumes, no other ones, and whose type promises snapshots of one instant.</summary>
    static async Task<SourceId?> FindGroupAsync(Blueprint blueprint, Site from, CancellationToken cancel)
    {
        var groups = blueprint.Volumes.Select(volume => volume.Group).Distinct().ToList();
        if (blueprint.Volumes.Length < 2 || groups is not [{ } id])
            return null;
        if (await from.Tenant.BlockStorage.FindGroupAsync(new GroupId(id.Value), cancel) is not { } group || group.Volumes.Count > blueprint.Volumes.Length)
            return null;
        await foreach (var type in from.Tenant.BlockStorage.ListGroupTypesAsync(cancel))
        {
            if (type.Id == group.GroupType)
                return type.TakesConsistentSnapshots ? id : null;
        }
        return null;
    }
}

/// <summary>All that a protect plan is written from.</summary>
sealed record ProtectInputs
{
    public required Workload Workload { get; init; }
    public required Blueprint Blueprint { get; init; }
    public required string BlueprintHash { get; init; }
    public required DateTimeOffset CapturedAt { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public required string Repository { get; init; }

    /// <summary>The newest usable point between the same two sites.</summary>
    public RecoveryPoint? Before { get; init; }
    public SourceId? Group { get; init; }
    public required ImmutableDictionary<SourceId, ReplicationMethod> Methods { get; init; }

    /// <summary>Those of the source; null: none.</summary>
    public SiteMovers? Movers { get; init; }
    public SiteMapping? Mapping { get; init; }

    public bool IsInBlocks(VolumeBlueprint volume) => Methods[volume.Id] is ReplicationMethod.Blocks;

    /// <summary>Snapshots of one by one: a group snapshot is deleted as a whole, so none of it can be kept.</summary>
    public bool ReadsInPlace => Movers?.SnapshotPool is not null && Group is null;
}

/// <summary>What was known when a protect plan was made.</summary>
/// <param name="Before">The point whose chains it continues.</param>
public sealed record ProtectFacts(string From, string To, string Repository, string Blueprint, string? Before)
{
    /// <summary>Null: the plan is not a protection's.</summary>
    internal static ProtectFacts? FindIn(Plan plan) => plan is { Kind: ProtectRunbook.Kind, Facts: { } facts } ? facts.Deserialize(ProtectionJson.Default.ProtectFacts) : null;
}
