using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Kedge.Recovery.Formats;

namespace Kedge.Recovery.Points;

/// <summary>The folder of one workload in a repository: its manifests, and the rules by which they come, are checked, and go.</summary>
sealed class PointFolder(string path, TimeProvider clock)
{
    /// <summary>Far above any manifest: what is longer is not one, and would only cost memory.</summary>
    const long LongestManifestBytes = 64 * 1024 * 1024;

    readonly string points = Path.Combine(path, "points");
    readonly string retired = Path.Combine(path, "retired");
    readonly string closed = Path.Combine(path, "closed");

    /// <summary>No process that was given up lives on for so long.</summary>
    static readonly TimeSpan ClosedFor = TimeSpan.FromDays(90);

    public async Task<PointList> ListAsync(CancellationToken cancel)
    {
        var (read, damaged) = await ReadAllAsync(points, cancel);
        return CheckChain(read, damaged);
    }

    /// <summary>
    /// Whole ones, newest first, each read when it is asked for: of a long history only the end is read. A point is held against the one after
    /// it and, because two runs that overlap may put theirs out of the order of their moments, against the one before it.
    /// </summary>
    public async IAsyncEnumerable<StoredPoint> NewestFirstAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var links = new Dictionary<string, string>(StringComparer.Ordinal);
        StoredPoint? held = null;
        foreach (var file in FilesOldestFirst(points).Reverse())
        {
            var (stored, _) = await ReadManifestAsync(file, cancel);
            if (stored?.Point.Previous is { } link)
                links.TryAdd(link.Id, link.Hash);
            if (held is not null && IsWhole(held))
                yield return held;
            held = stored;
        }
        if (held is not null && IsWhole(held))
            yield return held;

        bool IsWhole(StoredPoint point) => !links.TryGetValue(point.Point.Id, out var said) || said == point.Hash;
    }

    static IEnumerable<string> FilesOldestFirst(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal) : [];

    public async Task<RecoveryPoint> PutAsync(RecoveryPoint point, CancellationToken cancel)
    {
        Directory.CreateDirectory(points);
        using var held = await WorkloadLock.TakeAsync(path, clock, cancel);
        var file = ManifestOf(points, point.Id);
        if (File.Exists(file))
            return await FindSameAsync(file, point, cancel);

        if (File.Exists(ClosedFile(point.Run)))
            throw new RepositoryException($"Run {point.Run} was given up and cleaned up after: what its point needs is gone. Protect {point.Workload} again.");
        var list = await ListAsync(cancel);
        // The one written last is the one that none names yet: two runs that overlap may put theirs out of the order of their moments.
        var named = list.Points.Select(stored => stored.Point.Previous?.Id).ToHashSet();
        var last = list.Points.LastOrDefault(stored => !named.Contains(stored.Point.Id));
        var linked = point with { Previous = last is null ? null : new PointLink(last.Point.Id, last.Hash) };
        var written = PointJson.Write(linked);
        var line = $"{PointJson.HashOf(written)}  {point.Id}.json\n";
        await AtomicFile.WriteAsync(HashFileOf(file), Encoding.ASCII.GetBytes(line), cancel);
        await AtomicFile.WriteAsync(file, written, cancel);
        return linked;
    }

    /// <summary>From now on the run puts no point. Answers the one that it has put already, which stays; null: none.</summary>
    public async Task<RecoveryPoint?> CloseAsync(string run, CancellationToken cancel)
    {
        Directory.CreateDirectory(closed);
        using var held = await WorkloadLock.TakeAsync(path, clock, cancel);
        if ((await ListAsync(cancel)).Points.FirstOrDefault(stored => stored.Point.Run == run) is { } put)
            return put.Point;
        var now = clock.GetUtcNow().UtcDateTime;
        await AtomicFile.WriteAsync(ClosedFile(run), ReadOnlyMemory<byte>.Empty, cancel);
        File.SetLastWriteTimeUtc(ClosedFile(run), now);
        foreach (var old in Directory.EnumerateFiles(closed).Where(file => File.GetLastWriteTimeUtc(file) < now - ClosedFor).ToList())
            File.Delete(old);
        return null;
    }

    public async Task<bool> RetireAsync(string id, CancellationToken cancel)
    {
        var file = ManifestOf(points, id);
        if (!File.Exists(file))
            return false;
        Directory.CreateDirectory(retired);
        using var held = await WorkloadLock.TakeAsync(path, clock, cancel);
        if (File.Exists(file))
            File.Move(file, ManifestOf(retired, id), overwrite: true);
        File.Delete(HashFileOf(file));
        return true;
    }

    /// <summary>Oldest first. One that cannot be read says nothing of what it referred to, and is forgotten.</summary>
    public async Task<ImmutableArray<RecoveryPoint>> ListRetiredAsync(CancellationToken cancel)
    {
        var (read, damaged) = await ReadAllAsync(retired, cancel);
        foreach (var point in damaged)
            File.Delete(ManifestOf(retired, point.Id));
        return [.. read.Select(stored => stored.Point)];
    }

    public async Task<bool> ForgetRetiredAsync(string id, CancellationToken cancel)
    {
        using var held = await WorkloadLock.TakeAsync(path, clock, cancel);
        File.Delete(ManifestOf(retired, id));
        return true;
    }

    static async Task<RecoveryPoint> FindSameAsync(string file, RecoveryPoint point, CancellationToken cancel)
    {
        var (there, damaged) = await ReadManifestAsync(file, cancel);
        if (there is { Point: var same } && same.Run == point.Run)
            return same;
        throw new RepositoryException(damaged is null
            ? $"{file} is a point of another run, {there?.Point.Run}; it was not replaced."
            : $"{file} is there and damaged: {damaged.Why} It was not replaced; remove it: kedge point delete {point.Workload} {point.Id}");
    }

    static async Task<(ImmutableArray<StoredPoint>.Builder Read, ImmutableArray<DamagedPoint>.Builder Damaged)> ReadAllAsync(
        string folder, CancellationToken cancel)
    {
        var read = ImmutableArray.CreateBuilder<StoredPoint>();
        var damaged = ImmutableArray.CreateBuilder<DamagedPoint>();
        foreach (var file in FilesOldestFirst(folder))
        {
            // Neither, where it was retired between the listing and the reading.
            var (stored, broken) = await ReadManifestAsync(file, cancel);
            if (stored is not null)
                read.Add(stored);
            if (broken is not null)
                damaged.Add(broken);
        }
        return (read, damaged);
    }

    /// <summary>A point that says another hash of the one before it than that has now tells which of the two was changed: the earlier one.</summary>
    static PointList CheckChain(ImmutableArray<StoredPoint>.Builder read, ImmutableArray<DamagedPoint>.Builder damaged)
    {
        var links = read.Select(stored => stored.Point).Where(point => point.Previous is not null).ToLookup(point => point.Previous!.Id);
        var whole = ImmutableArray.CreateBuilder<StoredPoint>();
        foreach (var stored in read)
        {
            if (links[stored.Point.Id].FirstOrDefault(next => next.Previous!.Hash != stored.Hash) is { } next)
                damaged.Add(new DamagedPoint(stored.Point.Id, $"its bytes do not hash to what the point after it, {next.Id}, says."));
            else
                whole.Add(stored);
        }
        return new PointList(whole.ToImmutable(), [.. damaged.OrderBy(point => point.Id, StringComparer.Ordinal)]);
    }

    static async Task<(StoredPoint? Stored, DamagedPoint? Damaged)> ReadManifestAsync(string file, CancellationToken cancel)
    {
        var id = Path.GetFileNameWithoutExtension(file);
        try
        {
            if (new FileInfo(file).Length > LongestManifestBytes)
                return (null, new DamagedPoint(id, "it is far too long for a manifest."));
            var written = await SmallFile.ReadAsync(file, cancel);
            var hash = PointJson.HashOf(written);
            if (await StatedHashAsync(file, cancel) is { } stated && stated != hash)
                return (null, new DamagedPoint(id, $"its bytes do not hash to what {id}.sha256 says."));
            var point = PointJson.Read(written);
            return point.Id == id ? (new StoredPoint(point, hash), null) : (null, new DamagedPoint(id, $"it says that it is point {point.Id}."));
        }
        catch (JsonException e)
        {
            return (null, new DamagedPoint(id, e.Message.TrimEnd('.') + "."));
        }
        catch (FileNotFoundException)
        {
            return (null, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, new DamagedPoint(id, e.Message));
        }
    }

    static async Task<string?> StatedHashAsync(string manifest, CancellationToken cancel)
    {
        var beside = HashFileOf(manifest);
        return File.Exists(beside) ? Encoding.ASCII.GetString(await SmallFile.ReadAsync(beside, cancel)).Split(' ', 2)[0].Trim() : null;
    }

    string ClosedFile(string run) => Path.Combine(closed, RecordName.Checked(run, "run"));

    static string HashFileOf(string manifest) => Path.ChangeExtension(manifest, ".sha256");

    static string ManifestOf(string folder, string id) => Path.Combine(folder, RecordName.Checked(id, "recovery point") + ".json");
}
