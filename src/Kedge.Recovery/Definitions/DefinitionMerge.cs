using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;

namespace Kedge.Recovery.Definitions;

/// <summary>
/// The newest definition with the newest data. Disks belong to the data: which volumes there are and what they are attached to is as the point
/// has it. Everything else is as it was defined last. The rules, and why: docs/decisions/0021-newest-definition.md.
/// </summary>
static class DefinitionMerge
{
    /// <summary>Null definition: this one is not sound with this data, and the only remark says why.</summary>
    public static (Blueprint? Definition, ImmutableArray<string> Remarks) Of(RecoveryPoint point, Blueprint atPoint, Blueprint newest)
    {
        if (WhyNotSound(atPoint, newest) is { } why)
            return (null, [why]);
        var remarks = ImmutableArray.CreateBuilder<string>();
        var before = atPoint.Servers.ToDictionary(server => server.Id);
        var kept = newest.Servers.Where(server => before.ContainsKey(server.Id)).Select(server => WithDisksOf(before[server.Id], server, remarks)).ToList();
        var added = newest.Servers.Where(server => !before.ContainsKey(server.Id)).Where(server => HasAllItsData(server, point, atPoint, kept, remarks)).ToList();
        foreach (var gone in atPoint.Servers.Where(server => newest.Servers.All(now => now.Id != server.Id)))
            remarks.Add($"Server {gone.Name} ({gone.Id}) is in the point and was taken out of the workload since: it is not restored.");

        var servers = kept.Concat(added).OrderBy(server => server.Id).ToImmutableArray();
        var there = servers.Select(server => server.Id).ToHashSet();
        var ports = newest.Ports.Where(port => port.Server is not { } server || there.Contains(server)).ToImmutableArray();
        return (newest with
        {
            Servers = servers,
            ServerGroups = [.. newest.ServerGroups.Select(group => group with { Members = [.. group.Members.Where(there.Contains)] })],
            Volumes = VolumesOf(atPoint, newest, servers, remarks),
            Images = atPoint.Images,
            Ports = ports,
            FloatingIps = [.. newest.FloatingIps.Select(floating => WithItsPort(floating, ports, remarks))],
        }, remarks.ToImmutable());
    }

    /// <summary>A definition that would make a good point worse is not used at all.</summary>
    static string? WhyNotSound(Blueprint atPoint, Blueprint newest)
    {
        if (atPoint.Workload != newest.Workload || atPoint.Origin.Site != newest.Origin.Site || atPoint.Origin.Project != newest.Origin.Project)
            return "it is of another workload, site or project than the point";
        var now = newest.Servers.Select(server => server.Id).ToHashSet();
        var gone = atPoint.Servers.Count(server => !now.Contains(server.Id));
        if (gone * 2 > atPoint.Servers.Length)
            return $"{gone} of the point's {atPoint.Servers.Length} servers are not in it: that may be the disaster itself";
        var readable = atPoint.Unreadable.Select(field => (field.Resource, field.Id, field.Field)).ToHashSet();
        var known = atPoint.Servers.Select(server => server.Id).Concat(atPoint.Ports.Select(port => port.Id)).Concat(atPoint.Networks.Select(network => network.Id))
            .Concat(atPoint.SecurityGroups.Select(group => group.Id)).Concat(atPoint.Keypairs.Select(key => key.User)).ToHashSet();
        var worse = newest.Unreadable.FirstOrDefault(field => known.Contains(field.Id) && !readable.Contains((field.Resource, field.Id, field.Field)));
        return worse is null ? null : $"{worse.Resource} {worse.Id} could not be read as well as for the point ({worse.Field}: {worse.Why})";
    }

    static ServerBlueprint WithDisksOf(ServerBlueprint before, ServerBlueprint now, ImmutableArray<string>.Builder remarks)
    {
        var (old, later) = (before.Volumes.Select(disk => disk.Volume).ToHashSet(), now.Volumes.Select(disk => disk.Volume).ToHashSet());
        if (!old.SetEquals(later))
        {
            var changes = later.Except(old).Select(volume => $"{volume} was attached").Concat(old.Except(later).Select(volume => $"{volume} was detached"));
            remarks.Add($"Server {now.Name} ({now.Id}) gets the disks that it had at the point; since then {string.Join(", ", changes.Order(StringComparer.Ordinal))}.");
        }
        if (before.Image != now.Image)
            remarks.Add($"Server {now.Name} ({now.Id}) was rebuilt since the point: it gets the root disk that it had at the point.");
        return now with { Image = before.Image, Volumes = before.Volumes };
    }

    /// <summary>A server made after the point is restored only where every one of its disks was in the point and no other server has it there.</summary>
    static bool HasAllItsData(ServerBlueprint server, RecoveryPoint point, Blueprint atPoint, List<ServerBlueprint> kept, ImmutableArray<string>.Builder remarks)
    {
        var shared = atPoint.Volumes.Where(volume => volume.IsMultiattach).Select(volume => volume.Id).ToHashSet();
        var taken = kept.SelectMany(other => other.Volumes).Select(disk => disk.Volume).Where(volume => !shared.Contains(volume)).ToHashSet();
        var held = point.Volumes.Where(copy => copy.Chain is not [] || copy.Blocks is not null).Select(copy => copy.Volume).Intersect(atPoint.Volumes.Select(volume => volume.Id)).ToHashSet();
        var why = server.Volumes.FirstOrDefault(disk => !held.Contains(disk.Volume)) is { } missing ? $"the point has no data of its volume {missing.Volume}"
            : server.Volumes.FirstOrDefault(disk => taken.Contains(disk.Volume)) is { } used ? $"its volume {used.Volume} is another server's at the point"
            : server.Volumes.All(disk => disk.BootIndex != 0) ? "the point has no copy of its root disk"
            : null;
        if (why is not null)
            remarks.Add($"Server {server.Name} ({server.Id}) was made after the point and is left out: {why}.");
        return why is null;
    }

    static ImmutableArray<VolumeBlueprint> VolumesOf(
        Blueprint atPoint, Blueprint newest, ImmutableArray<ServerBlueprint> servers, ImmutableArray<string>.Builder remarks)
    {
        var attached = servers.SelectMany(server => server.Volumes).Select(disk => disk.Volume).ToHashSet();
        var listed = newest.Volumes.Select(volume => volume.Id).ToHashSet();
        var stays = atPoint.Volumes.ToLookup(volume => attached.Contains(volume.Id) || listed.Contains(volume.Id));
        foreach (var gone in stays[false])
            remarks.Add($"Volume {gone.Name} ({gone.Id}) is in the point and was taken out of the workload since: it is not restored.");
        foreach (var later in newest.Volumes.Where(volume => atPoint.Volumes.All(old => old.Id != volume.Id)))
            remarks.Add($"Volume {later.Name} ({later.Id}) was added after the point, which has no data of it: it is left out.");
        return [.. stays[true]];
    }

    static FloatingIpBlueprint WithItsPort(FloatingIpBlueprint floating, ImmutableArray<PortBlueprint> ports, ImmutableArray<string>.Builder remarks)
    {
        if (floating.Port is null || ports.Any(port => port.Id == floating.Port))
            return floating;
        remarks.Add($"Floating IP {floating.Address} belongs to what is left out: it is kept in reserve.");
        return floating with { Port = null, FixedIp = null };
    }
}
