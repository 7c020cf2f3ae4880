using System.Collections.Immutable;
using System.Text.Json;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Formats;

namespace Kedge.Recovery.Points;

/// <summary>
/// A directory of recovery points that is read and written without the primary. Several processes may use it at once. Format, and what
/// damage does: docs/formats/points.md. Every method throws <see cref="RepositoryException"/> where the disk refuses, saying why.
/// </summary>
public sealed class PointRepository
{
    public const int CurrentFormat = 1;

    /// <summary>A run stores its blueprint first and its point last: so long one that no point names may still be waited for.</summary>
    static readonly TimeSpan BlueprintsWait = TimeSpan.FromDays(7);

    readonly TimeProvider clock;

    PointRepository(string path, string id, TimeProvider clock)
    {
        Path = path;
        Id = id;
        this.clock = clock;
    }

    public string Path { get; }

    /// <summary>32 hexadecimal digits, given when it was made.</summary>
    public string Id { get; }

    /// <summary>Makes an empty one. A directory that is already there must be empty, or be a repository: that one is opened.</summary>
    public static Task<PointRepository> CreateAsync(string path, TimeProvider clock, CancellationToken cancel) =>
        DiskFaults.TellAsync("The repository cannot be made", path, async () =>
        {
            var header = HeaderOf(path);
            if (File.Exists(header))
                return await OpenAsync(path, clock, cancel);
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
                throw new RepositoryException($"{path} is not empty and not a repository: choose an empty directory.");
            Directory.CreateDirectory(path);
            var id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
            var written = JsonSerializer.SerializeToUtf8Bytes(new RepositoryHeader(CurrentFormat, id), PointJsonContext.Default.RepositoryHeader);
            await AtomicFile.WriteAsync(header, written, cancel);
            return await OpenAsync(path, clock, cancel);
        });

    /// <exception cref="RepositoryException">There is none, it is damaged, or of a newer format.</exception>
    public static Task<PointRepository> OpenAsync(string path, TimeProvider clock, CancellationToken cancel) =>
        DiskFaults.TellAsync("The repository cannot be opened", path, async () =>
        {
            var file = HeaderOf(path);
            if (!File.Exists(file))
                throw new RepositoryException($"{path} is not a repository of recovery points: it has no repository.json. Is the file system mounted?");
            RepositoryHeader? header;
            try
            {
                header = JsonSerializer.Deserialize(await SmallFile.ReadAsync(file, cancel), PointJsonContext.Default.RepositoryHeader);
            }
            catch (JsonException e)
            {
                throw new RepositoryException(
                    $"{file} is damaged: {e.Message} The points beside it may be whole: write {{\"format\": 1, \"id\": \"{new string('0', 32)}\"}} into it to read them.", e);
            }
            return header switch
            {
                null or { Format: < 1 } => throw new RepositoryException($"{file} is damaged: it names no format."),
                { Format: > CurrentFormat } => throw new RepositoryException(
                    $"{path} has format {header.Format}; this program reads up to {CurrentFormat}: use a newer kedge. Nothing was touched."),
                _ => new PointRepository(path, header.Id, clock),
            };
        });

    /// <summary>Workloads that have, or had, points here, in the order of the alphabet.</summary>
    public IReadOnlyList<string> Workloads()
    {
        var folder = System.IO.Path.Combine(Path, "workloads");
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder).Select(found => System.IO.Path.GetFileName(found)).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Stores a blueprint, unless it is there, and answers its name: the hash of its bytes.</summary>
    public Task<string> PutBlueprintAsync(Blueprint blueprint, CancellationToken cancel) =>
        DiskFaults.TellAsync("The blueprint was not stored", Path, async () =>
        {
            var written = BlueprintJson.Write(blueprint);
            var hash = BlueprintJson.HashOf(written);
            var file = BlueprintFile(hash);
            // What cannot be read again would be found out in the disaster.
            _ = BlueprintJson.Read(written);
            // One that is damaged is replaced; one that is whole only gets a new time, which keeps it from being cleared away.
            if (File.Exists(file) && BlueprintJson.HashOf(await SmallFile.ReadAsync(file, cancel)) == hash)
            {
                File.SetLastWriteTimeUtc(file, clock.GetUtcNow().UtcDateTime);
                return hash;
            }
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            await AtomicFile.WriteAsync(file, written, cancel);
            File.SetLastWriteTimeUtc(file, clock.GetUtcNow().UtcDateTime);
            return hash;
        });

    /// <exception cref="RepositoryException">It is not there, or damaged.</exception>
    public Task<Blueprint> GetBlueprintAsync(string hash, CancellationToken cancel) =>
        DiskFaults.TellAsync("The blueprint cannot be read", Path, async () =>
        {
            var file = BlueprintFile(hash);
            if (!File.Exists(file))
                throw new RepositoryException($"Blueprint {hash} is not in the repository {Path}.");
            var written = await SmallFile.ReadAsync(file, cancel);
            if (BlueprintJson.HashOf(written) != hash)
                throw new RepositoryException($"{file} is damaged: its bytes do not hash to its name.");
            try
            {
                return BlueprintJson.Read(written);
            }
            catch (BlueprintException e)
            {
                throw new RepositoryException($"{file}: {e.Message}", e);
            }
        });

    /// <summary>All points of a workload, oldest first, and those that are damaged.</summary>
    public Task<PointList> ListAsync(string workload, CancellationToken cancel) =>
        DiskFaults.TellAsync("The points cannot be listed", Path, () => FolderOf(workload).ListAsync(cancel));

    /// <summary>Null where it is not there.</summary>
    /// <exception cref="RepositoryException">It is damaged.</exception>
    public async Task<RecoveryPoint?> FindAsync(string workload, string id, CancellationToken cancel)
    {
        var list = await ListAsync(workload, cancel);
        if (list.Damaged.FirstOrDefault(point => point.Id == id) is { } damaged)
            throw new RepositoryException($"Point {id} of {workload} is damaged: {damaged.Why} Choose another one: kedge point list {workload}");
        return list.Points.FirstOrDefault(stored => stored.Point.Id == id)?.Point;
    }

    /// <exception cref="RepositoryException">It is not there, or damaged.</exception>
    public async Task<RecoveryPoint> GetAsync(string workload, string id, CancellationToken cancel) =>
        await FindAsync(workload, id, cancel)
        ?? throw new RepositoryException($"There is no point {id} of {workload} in {Path}: kedge point list {workload}");

    /// <summary>The newest point whose manifest and blueprint are whole; null where there is none.</summary>
    public async Task<RecoveryPoint?> FindNewestUsableAsync(string workload, CancellationToken cancel) => (await FindNewestWithBlueprintAsync(workload, cancel))?.Point;

    /// <inheritdoc cref="FindNewestUsableAsync"/>
    public Task<UsablePoint?> FindNewestWithBlueprintAsync(string workload, CancellationToken cancel) => DiskFaults.TellAsync("The points cannot be read", Path, async () =>
    {
        await foreach (var stored in FolderOf(workload).NewestFirstAsync(cancel))
        {
            try
            {
                return await WithBlueprintAsync(stored.Point, cancel);
            }
            catch (RepositoryException)
            {
                // The point before it may still be whole.
            }
        }
        return null;
    });

    /// <exception cref="RepositoryException">Its blueprint is not there, or damaged.</exception>
    public async Task<UsablePoint> WithBlueprintAsync(RecoveryPoint point, CancellationToken cancel) => new(point, await GetBlueprintAsync(point.Blueprint, cancel));

    /// <summary>
    /// Puts a point, which exists from then on, and answers it as it was written: its <see cref="RecoveryPoint.Previous"/> is set here. Put
    /// again by the same run it is found and answered, so that a run that was cut off may say it twice.
    /// </summary>
    /// <exception cref="RepositoryException">Its blueprint is not here, or another run has put a point of that id.</exception>
    public Task<RecoveryPoint> PutAsync(RecoveryPoint point, CancellationToken cancel) =>
        DiskFaults.TellAsync($"Point {point.Id} was not stored", Path, async () =>
        {
            await GetBlueprintAsync(point.Blueprint, cancel);
            return await FolderOf(point.Workload).PutAsync(point, cancel);
        });

    /// <summary>
    /// Offers a point no longer. What it refers to is removed by the next run that protects the workload, as far as no other point needs it.
    /// Works on a damaged one too: of that nobody knows what it referred to, and its manifest is gone. False: there was none.
    /// </summary>
    public Task<bool> DeleteAsync(string workload, string id, CancellationToken cancel) =>
        DiskFaults.TellAsync($"Point {id} was not removed", Path, () => FolderOf(workload).RetireAsync(id, cancel));

    /// <summary>A run that was given up puts no point from now on. Answers the one that it has put before; null: none.</summary>
    internal Task<RecoveryPoint?> CloseAsync(string workload, string run, CancellationToken cancel) =>
        DiskFaults.TellAsync($"Run {run} was not closed", Path, () => FolderOf(workload).CloseAsync(run, cancel));

    /// <summary>Copies of what people wrote of the workload.</summary>
    public KeptRecords RecordsOf(string workload) => new(PathOf(workload), workload);

    /// <summary>How the workload's definition changed.</summary>
    public DefinitionHistory DefinitionsOf(string workload) => new(workload, PathOf(workload), this, clock);

    /// <summary>Points no longer offered whose data is still to be removed, oldest first.</summary>
    internal Task<ImmutableArray<RecoveryPoint>> ListRetiredAsync(string workload, CancellationToken cancel) =>
        DiskFaults.TellAsync("The retired points cannot be listed", Path, () => FolderOf(workload).ListRetiredAsync(cancel));

    /// <summary>Forgets a retired point, now that its data is gone.</summary>
    internal Task ForgetRetiredAsync(string workload, string id, CancellationToken cancel) =>
        DiskFaults.TellAsync($"Retired point {id} was not removed", Path, () => FolderOf(workload).ForgetRetiredAsync(id, cancel));

    /// <summary>Removes the blueprints that no point names any more, and that no run is about to name.</summary>
    internal Task<int> ClearBlueprintsAsync(CancellationToken cancel) =>
        DiskFaults.TellAsync("Old blueprints were not removed", Path, async () =>
        {
            var named = new HashSet<string>(StringComparer.Ordinal);
            foreach (var workload in Workloads())
            {
                var list = await FolderOf(workload).ListAsync(cancel);
                if (list.Damaged.Length > 0)
                    return 0;
                named.UnionWith(list.Points.Select(stored => stored.Point.Blueprint));
                named.UnionWith((await DefinitionsOf(workload).ListAsync(cancel)).Versions.Select(version => version.Blueprint));
            }
            var folder = System.IO.Path.Combine(Path, "blueprints");
            var before = (clock.GetUtcNow() - BlueprintsWait).UtcDateTime;
            var old = Directory.Exists(folder)
                ? Directory.EnumerateFiles(folder, "*.json")
                    .Where(file => !named.Contains(System.IO.Path.GetFileNameWithoutExtension(file)) && File.GetLastWriteTimeUtc(file) < before)
                    .ToList()
                : [];
            old.ForEach(File.Delete);
            return old.Count;
        });

    static string HeaderOf(string path) => System.IO.Path.Combine(path, "repository.json");

    string BlueprintFile(string hash) => hash.Length == 64 && hash.All(char.IsAsciiHexDigitLower)
        ? System.IO.Path.Combine(Path, "blueprints", hash + ".json")
        : throw new RepositoryException($"'{hash}' is not the name of a blueprint.");

    PointFolder FolderOf(string workload) => new(PathOf(workload), clock);

    string PathOf(string workload) => System.IO.Path.Combine(Path, "workloads", RecordName.Checked(workload, "workload"));
}
