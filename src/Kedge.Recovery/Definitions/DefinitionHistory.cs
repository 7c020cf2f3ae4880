using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Points;

namespace Kedge.Recovery.Definitions;

/// <summary>The versions of one workload's definition in a repository, and the last look at it. Format: docs/formats/points.md.</summary>
public sealed class DefinitionHistory
{
    /// <summary>Kept for each workload, newest first: at ten changes a day, three weeks.</summary>
    public const int MostVersions = 200;

    readonly string workload;
    readonly string path;
    readonly string folder;
    readonly PointRepository repository;
    readonly TimeProvider clock;

    internal DefinitionHistory(string workload, string path, PointRepository repository, TimeProvider clock)
    {
        this.workload = workload;
        this.path = path;
        this.repository = repository;
        this.clock = clock;
        folder = Path.Combine(path, "definitions");
    }

    /// <exception cref="RepositoryException">The disk refuses.</exception>
    public Task<DefinitionList> ListAsync(CancellationToken cancel) => DiskFaults.TellAsync("The history cannot be listed", path, async () =>
    {
        var versions = ImmutableArray.CreateBuilder<DefinitionVersion>();
        var damaged = ImmutableArray.CreateBuilder<string>();
        foreach (var file in FilesOldestFirst())
        {
            if (await ReadAsync(file, cancel) is { } version)
                versions.Add(version);
            else
                damaged.Add(Path.GetFileNameWithoutExtension(file));
        }
        return new DefinitionList(versions.ToImmutable(), damaged.ToImmutable());
    });

    /// <summary>Those captured after a moment, newest first and so many at most; damaged ones are passed over.</summary>
    /// <exception cref="RepositoryException">The disk refuses.</exception>
    public Task<ImmutableArray<DefinitionVersion>> ListSinceAsync(DateTimeOffset after, int most, CancellationToken cancel) =>
        DiskFaults.TellAsync("The history cannot be listed", path, async () =>
        {
            var versions = ImmutableArray.CreateBuilder<DefinitionVersion>();
            foreach (var file in FilesOldestFirst().Reverse())
            {
                if (await ReadAsync(file, cancel) is not { } version)
                    continue;
                if (version.CapturedAt <= after || versions.Count == most)
                    break;
                versions.Add(version);
            }
            return versions.ToImmutable();
        });

    /// <summary>Null: none was stored.</summary>
    public async Task<DefinitionVersion?> FindNewestAsync(CancellationToken cancel)
    {
        foreach (var file in FilesOldestFirst().Reverse())
        {
            if (await ReadAsync(file, cancel) is { } version)
                return version;
        }
        return null;
    }

    /// <summary>Stores a blueprint as the newest version, unless the newest is the same or was captured later, and answers what is newest then.</summary>
    /// <exception cref="RepositoryException">The disk refuses.</exception>
    public Task<(DefinitionVersion Newest, bool IsNew)> PutAsync(Blueprint blueprint, DateTimeOffset capturedAt, CancellationToken cancel) =>
        DiskFaults.TellAsync("The definition was not stored", path, async () =>
        {
            var hash = await repository.PutBlueprintAsync(blueprint, cancel);
            Directory.CreateDirectory(folder);
            using var held = await WorkloadLock.TakeAsync(path, clock, cancel);
            var newest = await FindNewestAsync(cancel);
            if (newest is not null && (newest.Blueprint == hash || newest.CapturedAt >= capturedAt))
                return (newest, false);
            var version = new DefinitionVersion
            {
                Schema = DefinitionVersion.CurrentSchema,
                Id = $"{capturedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}-{hash[..8]}",
                Workload = workload,
                Site = blueprint.Origin.Site,
                Blueprint = hash,
                CapturedAt = capturedAt,
                Servers = blueprint.Servers.Length,
            };
            await AtomicFile.WriteAsync(FileOf(version.Id), JsonSerializer.SerializeToUtf8Bytes(version, DefinitionJson.Default.DefinitionVersion), cancel);
            foreach (var old in FilesOldestFirst().SkipLast(MostVersions).ToList())
                File.Delete(old);
            return (version, true);
        });

    /// <summary>Null: nobody looks at it, or the note is damaged, which the next look mends.</summary>
    public async Task<DefinitionLook?> FindLookAsync(CancellationToken cancel)
    {
        try
        {
            return File.Exists(LookFile) ? JsonSerializer.Deserialize(await SmallFile.ReadAsync(LookFile, cancel), DefinitionJson.Default.DefinitionLook) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Renamed into its place but not flushed: after a loss of power an earlier look is there, which is still the truth about an earlier moment.</summary>
    public Task<bool> PutLookAsync(DefinitionLook look, CancellationToken cancel) => DiskFaults.TellAsync("The look was not noted", path, () =>
    {
        cancel.ThrowIfCancellationRequested();
        Directory.CreateDirectory(path);
        var beside = $"{LookFile}.{Environment.ProcessId}.new";
        File.WriteAllBytes(beside, JsonSerializer.SerializeToUtf8Bytes(look, DefinitionJson.Default.DefinitionLook));
        File.Move(beside, LookFile, overwrite: true);
        return Task.FromResult(true);
    });

    string LookFile => Path.Combine(path, "looked.json");

    string FileOf(string id) => Path.Combine(folder, id + ".json");

    IEnumerable<string> FilesOldestFirst() => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal) : [];

    static async Task<DefinitionVersion?> ReadAsync(string file, CancellationToken cancel)
    {
        try
        {
            var version = JsonSerializer.Deserialize(await SmallFile.ReadAsync(file, cancel), DefinitionJson.Default.DefinitionVersion);
            return version is { Schema: >= 1 and <= DefinitionVersion.CurrentSchema } && version.Id == Path.GetFileNameWithoutExtension(file) ? version : null;
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            return null;
        }
    }
}
