using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.OpenStack.Compute;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Capture;

/// <summary>A server as its lists show it, and its disks and NICs as only a call of its own does.</summary>
/// <param name="Server">As an admin sees it where there is one, else as the tenant does.</param>
/// <param name="Disks">Nova's view of its volumes: device, tag, end of life.</param>
/// <param name="Nics">Nova's view of its ports: tags.</param>
sealed record ReadServer(Server Server, IReadOnlyList<VolumeAttachment> Disks, IReadOnlyList<InterfaceAttachment> Nics);

/// <summary>Reads servers: lists for whatever lists show, and one call each for disks and NICs, whose tags no list has.</summary>
static class ServerReading
{
    /// <summary>Calls under way at once; the client's own limit for each service holds as well.</summary>
    const int AtOnce = 16;

    public static async Task<IReadOnlyList<ReadServer>> ReadAsync(
        Workload workload, Site source, Unreadables unreadable, IProgress<CaptureProgress>? progress, CancellationToken cancel)
    {
        progress?.Report(new CaptureProgress("servers", 0, 0));
        var selected = await WithoutForeignAsync(workload, source.Tenant, unreadable, cancel);
        foreach (var server in selected)
            ServerStates.PowerOf(server, new Unreadables());
        var seen = source.Admin is { } admin ? await SeenByAdminAsync(selected, admin, unreadable, cancel) : selected;
        return await WithPartsAsync(seen, source.Tenant, progress, cancel);
    }

    /// <summary>Asks once more, and refuses what did not stay as it was: a graph of two moments fits together nowhere.</summary>
    public static async Task DemandUnchangedAsync(
        IReadOnlyList<ReadServer> before, Workload workload, Cloud cloud, CancellationToken cancel)
    {
        var after = (await WithoutForeignAsync(workload, cloud, new Unreadables(), cancel)).ToDictionary(server => server.Id, ServerFace.Of);
        var changes = new List<string>();
        foreach (var (server, _, _) in before)
        {
            if (!after.Remove(server.Id, out var now))
                changes.Add($"server {server.Name} ({server.Id}) is gone");
            else if (ServerFace.Of(server).DifferencesTo(now) is { Count: > 0 } fields)
                changes.Add($"server {server.Name} ({server.Id}) was changed ({string.Join(", ", fields)})");
        }
        changes.AddRange(after.Keys.Select(id => $"server {id} has come"));
        if (changes.Count > 0)
        {
            throw new CaptureException(
                $"The workload {workload.Name} changed while it was read: {string.Join(", ", changes)}. Capture again when nobody works on it.", mayPass: true);
        }
    }

    static async Task<IReadOnlyList<Server>> WithoutForeignAsync(Workload workload, Cloud cloud, Unreadables unreadable, CancellationToken cancel)
    {
        var own = new List<Server>();
        var foreign = new List<string>();
        foreach (var server in await WorkloadSelector.ReadAsync(workload, cloud, cancel))
        {
            if (ForeignOwners.Of(server) is not { } owner)
            {
                own.Add(server);
                continue;
            }
            foreign.Add($"server {server.Name} ({server.Id}) belongs to {owner}");
            unreadable.Add("server", server.Id.Value, "*", $"left out: it belongs to {owner}, which would have to make it at the target");
        }
        var wereChosen = foreign.Count > 0 && (own.Count == 0 || workload.Selection is WorkloadSelection.ByServers);
        return wereChosen
            ? throw new CaptureException(
                $"Workload {workload.Name} cannot be captured: {string.Join(", ", foreign)}. A copy of it made behind that service's back would be an orphan: take it out of the workload.")
            : own;
    }

    /// <summary>The same servers with the fields that Nova shows to admins alone.</summary>
    static async Task<IReadOnlyList<Server>> SeenByAdminAsync(
        IReadOnlyList<Server> servers, Cloud admin, Unreadables unreadable, CancellationToken cancel)
    {
        var missing = servers.ToDictionary(server => server.Id);
        var seen = new List<Server>(servers.Count);
        await foreach (var server in admin.Compute.ListServersAsync(ServerFilter.None, cancel))
        {
            if (missing.Remove(server.Id))
            {
                ServerStates.PowerOf(server, new Unreadables());
                seen.Add(server);
            }
        }
        foreach (var server in missing.Values)
        {
            unreadable.Add("server", server.Id.Value, "*", $"not seen by the admin cloud {admin.Name}: give its entry in clouds.yaml the same project");
            seen.Add(server);
        }
        return [.. seen.OrderBy(server => server.Id.Value, StringComparer.Ordinal)];
    }

    static async Task<IReadOnlyList<ReadServer>> WithPartsAsync(
        IReadOnlyList<Server> servers, Cloud cloud, IProgress<CaptureProgress>? progress, CancellationToken cancel)
    {
        var read = new ReadServer[servers.Count];
        var next = 0;
        var done = 0;

        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) - 1 is var at && at < servers.Count)
            {
                try
                {
                    read[at] = await WithPartsAsync(servers[at], cloud, cancel);
                }
                finally
                {
                    // Where one server fails the capture fails: the others need not be asked any more.
                    if (read[at] is null)
                        Interlocked.Exchange(ref next, servers.Count);
                }
                progress?.Report(new CaptureProgress("disks and NICs of servers", Interlocked.Increment(ref done), servers.Count));
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, servers.Count)).Select(_ => WorkAsync()));
        return read;
    }

    static async Task<ReadServer> WithPartsAsync(Server server, Cloud cloud, CancellationToken cancel)
    {
        var disks = new List<VolumeAttachment>();
        if (server.Volumes.Count > 0)
        {
            await foreach (var disk in cloud.Compute.ListVolumeAttachmentsAsync(server.Id, cancel))
                disks.Add(disk);
        }
        var nics = new List<InterfaceAttachment>();
        await foreach (var nic in cloud.Compute.ListInterfacesAsync(server.Id, cancel))
            nics.Add(nic);
        DemandSameDisks(server, disks);
        return new ReadServer(server, disks, nics);
    }

    static void DemandSameDisks(Server server, IReadOnlyList<VolumeAttachment> disks)
    {
        var listed = server.Volumes.Select(volume => volume.Id).ToHashSet();
        if (!listed.SetEquals(disks.Select(disk => disk.VolumeId)))
        {
            throw new CaptureException(
                $"Server {server.Name} ({server.Id}) is having a volume attached or detached: capture again when that has ended.", mayPass: true);
        }
    }
}

/// <summary>What must not change in a server between the first and the last look, by name. Times, progress and what Nova is doing may.</summary>
sealed record ServerFace(ImmutableArray<(string Field, string Value)> Fields)
{
    public static ServerFace Of(Server server) => new(
    [
        ("name", server.Name),
        ("status", server.Status.ToString()),
        ("volumes", string.Join(' ', server.Volumes.Select(volume => volume.Id.Value).Order(StringComparer.Ordinal))),
        ("metadata", string.Join('\n', server.Metadata.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => $"{item.Key}={item.Value}"))),
        ("tags", string.Join('\n', server.Tags.Order(StringComparer.Ordinal))),
        ("flavor", server.Flavor.Id?.Value ?? ""),
        ("locked", server.Locked.ToString()),
        ("description", server.Description ?? ""),
    ]);

    public IReadOnlyList<string> DifferencesTo(ServerFace other) =>
        [.. Fields.Zip(other.Fields).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => pair.First.Field)];
}
