using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Network;

namespace Kedge.Recovery.Steps;

/// <summary>What a run can make in a cloud, in the order in which it can be taken away again: users before what they use.</summary>
public enum MadeKind
{
    FloatingIp,
    Server,
    ServerGroup,
    Keypair,

    /// <summary>A volume made of a snapshot, which the storage may not let go of before it.</summary>
    VolumeOfSnapshot,
    Snapshot,
    Volume,
    Backup,
    Image,
    Router,
    Port,
    Subnet,
    Network,
    SecurityGroupRule,
    SecurityGroup,
}

/// <summary>Something at a site that carries a run's mark.</summary>
/// <param name="StepMark">Of the step that made it; null where only the run's can be read.</param>
/// <param name="Age">When it was made; null where the API does not tell.</param>
sealed record MarkedResource(MadeKind Kind, string Id, string? StepMark, DateTimeOffset? Age)
{
    /// <summary>Everything of one kind in the project that carries the mark of this run, in whatever state. Keypairs carry none.</summary>
    public static async IAsyncEnumerable<MarkedResource> ListAsync(Cloud cloud, MadeKind kind, string run, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var (id, texts, metadata, age) in AllAsync(cloud, kind, run, cancel))
        {
            if (StepOf(texts, metadata, run) is { } step)
                yield return new MarkedResource(kind, id, step, age);
        }
    }

    static IAsyncEnumerable<Seen> AllAsync(Cloud cloud, MadeKind kind, string run, CancellationToken cancel)
    {
        var mine = NetworkFilter.None;
        var marked = ImmutableDictionary<string, string>.Empty.Add(Mark.RunKey, run);
        return kind switch
        {
            MadeKind.FloatingIp => cloud.Network.ListFloatingIpsAsync(mine, cancel).Select(it => Seen.Of(it.Id.Value, it.Tags, it.Description, it.CreatedAt)),
            MadeKind.Network => cloud.Network.ListNetworksAsync(mine, cancel).Select(it => Seen.Of(it.Id.Value, it.Tags, it.Description, it.CreatedAt)),
            MadeKind.Subnet => cloud.Network.ListSubnetsAsync(mine, cancel).Select(it => Seen.Of(it.Id.Value, it.Tags, it.Description, it.CreatedAt)),
            MadeKind.Router => cloud.Network.ListRoutersAsync(mine, cancel).Select(it => Seen.Of(it.Id.Value, it.Tags, it.Description, it.CreatedAt)),
            MadeKind.Port => cloud.Network.ListPortsAsync(new PortFilter(), cancel).Select(it => Seen.Of(it.Id.Value, it.Tags, it.Description, it.CreatedAt)),
            MadeKind.SecurityGroup => cloud.Network.ListSecurityGroupsAsync(mine, cancel).Select(it => Seen.Of(it.Id.Value, it.Tags, it.Description, it.CreatedAt)),
            MadeKind.SecurityGroupRule => cloud.Network.ListSecurityGroupsAsync(mine, cancel).SelectMany(g => g.Rules.Select(it => Seen.Of(it.Id.Value, [], it.Description, null))),
            MadeKind.ServerGroup => cloud.Compute.ListServerGroupsAsync(ProjectScope.Own, cancel).Select(it => Seen.Of(it.Id.Value, [], it.Name, null)),
            MadeKind.Server => cloud.Compute.ListServersAsync(new ServerFilter { Metadata = marked }, cancel)
                .Where(it => it.Status is not (ServerStatus.Deleted or ServerStatus.SoftDeleted)).Select(it => new Seen(it.Id.Value, [], it.Metadata, it.Created)),
            MadeKind.Volume => cloud.BlockStorage.ListVolumesAsync(BlockStorageFilter.None, cancel).Select(it => new Seen(it.Id.Value, [it.Description ?? ""], it.Metadata, it.CreatedAt)),
            MadeKind.VolumeOfSnapshot => cloud.BlockStorage.ListVolumesAsync(BlockStorageFilter.None, cancel)
                .Where(it => it.SnapshotId is { Value.Length: > 0 }).Select(it => new Seen(it.Id.Value, [it.Description ?? ""], it.Metadata, it.CreatedAt)),
            MadeKind.Snapshot => cloud.BlockStorage.ListSnapshotsAsync(BlockStorageFilter.None, cancel).Select(it => new Seen(it.Id.Value, [it.Description ?? ""], it.Metadata, it.CreatedAt)),
            MadeKind.Backup => cloud.BlockStorage.ListBackupsAsync(BlockStorageFilter.None, cancel).Select(it => new Seen(it.Id.Value, [it.Description ?? ""], it.Metadata, it.CreatedAt)),
            MadeKind.Image => ImagesAsync(cloud, marked, cancel).Select(it => new Seen(it.Id.Value, it.Tags, it.Properties, it.CreatedAt)),
            _ => AsyncEnumerable.Empty<Seen>(),
        };
    }

    /// <summary>Images with these properties. Hidden ones are left out of lists, unless asked for by a property of their own.</summary>
    public static IAsyncEnumerable<Image> ImagesAsync(Cloud cloud, IImmutableDictionary<string, string> properties, CancellationToken cancel) =>
        cloud.Images.ListImagesAsync(new ImageFilter { Properties = properties }, cancel)
            .Concat(cloud.Images.ListImagesAsync(new ImageFilter { Properties = properties.Add("os_hidden", "true") }, cancel));

    static string? StepOf(IReadOnlyList<string> texts, IReadOnlyDictionary<string, string> metadata, string run)
    {
        if (metadata.GetValueOrDefault(Mark.RunKey) == run)
            return metadata.GetValueOrDefault(Mark.StepKey) ?? "";
        var prefix = $"kedge:{run}:";
        var text = texts.FirstOrDefault(t => t.Contains(prefix, StringComparison.Ordinal));
        return text?[(text.IndexOf(prefix, StringComparison.Ordinal) + prefix.Length)..];
    }

    sealed record Seen(string Id, IReadOnlyList<string> Texts, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset? Age)
    {
        public static Seen Of(string id, IReadOnlyList<string> tags, string description, DateTimeOffset? age) =>
            new(id, [.. tags, description], ImmutableDictionary<string, string>.Empty, age);
    }
}
