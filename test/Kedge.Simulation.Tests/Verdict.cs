using Kedge.Plans;
using Kedge.Recovery.Points;
using Kedge.Sandbox;

namespace Kedge.Simulation.Tests;

/// <summary>What must hold, whatever happened.</summary>
sealed class Verdict(World world)
{
    /// <summary>Bytes of the volumes, and from when on they were these.</summary>
    readonly List<(DateTimeOffset Since, Dictionary<string, string> Fingerprints)> truth = [];
    DateTimeOffset newest;

    public void Remember() =>
        truth.Add((world.Clock.GetUtcNow(), world.Shop.VolumeIds.ToDictionary(id => id, world.A.World.FingerprintVolume)));

    /// <summary>A point that is offered is whole, and never older than one that was offered before.</summary>
    public Task LookAtPointsAsync() => world.WithFilesAsync(async () =>
    {
        var repository = await PointRepository.OpenAsync(world.Repository, world.Clock, CancellationToken.None);
        if ((await repository.ListAsync(world.Workload.Name, CancellationToken.None)).Damaged is [var damaged, ..])
            throw new Violation($"Point {damaged.Id} is damaged.");
        var point = await repository.FindNewestUsableAsync(world.Workload.Name, CancellationToken.None) ?? throw new Violation("A protection has finished, and there is no usable point.");
        if (point.DataAt < newest)
            throw new Violation($"The newest usable point is of {point.DataAt:T}; before there was one of {newest:T}.");
        newest = point.DataAt;
        return true;
    });

    /// <summary>All that the offered points need is there, whatever was cleaned up after.</summary>
    public Task LookAtOfferedAsync() => world.WithFilesAsync(async () =>
    {
        foreach (var point in (await world.Points.ListAsync(world.Workload.Name, CancellationToken.None)).Points.Select(stored => stored.Point))
        {
            if (point.Volumes.SelectMany(copy => copy.Chain).FirstOrDefault(link => world.A.World.Find(ResourceKind.Backup, link.BackupId) is null) is { } backup)
                throw new Violation($"Point {point.Id} is offered, and its backup {backup.BackupId} is gone.");
            if (point.Images.FirstOrDefault(image => world.B.World.Find(ResourceKind.Image, image.TargetImageId) is null) is { } image)
                throw new Violation($"Point {point.Id} is offered, and its image {image.TargetImageId} is gone.");
        }
        return true;
    });

    public void DemandNoCopyYet()
    {
        if (world.B.World.List(ResourceKind.Server) is { Count: > 0 } early)
            throw new Violation($"{early.Count} servers run at B, and nobody has declared a failover.");
    }

    public async Task DemandAsync(RunId failover)
    {
        if (world.Seen is { } seen)
            throw new Violation(seen);
        foreach (var run in world.Runs)
            if (await world.Disk.FindAsync(run, CancellationToken.None) is not null)
                await DemandOneEndAsync(run);
        var state = await world.Disk.GetStateAsync(failover, CancellationToken.None);
        if (state.Phase is not RunPhase.Finished)
            throw new Violation($"The failover is {state.Phase}: {state.Reason}");
        DemandOneCopy(failover);
        await DemandDataAsync(state);
    }

    /// <summary>No run is lost or ends twice, and no step is done twice.</summary>
    async Task DemandOneEndAsync(RunId run)
    {
        var events = await world.Disk.ReadAsync(run, 0, CancellationToken.None).ToListAsync();
        if (events.Count(e => e.Event is RunFinished or RunAbandoned) != 1)
            throw new Violation($"{world.NameOf(run)} has {events.Count(e => e.Event is RunFinished or RunAbandoned)} ends.");
        if (events.Select(e => e.Event).OfType<StepDone>().GroupBy(done => done.Step).FirstOrDefault(done => done.Count() > 1) is { } twice)
            throw new Violation($"{world.NameOf(run)}: {twice.Key} was done {twice.Count()} times.");
    }

    /// <summary>Every mark of the run is on one thing, and the servers are those of the shop.</summary>
    void DemandOneCopy(RunId failover)
    {
        var marks = Enum.GetValues<ResourceKind>().SelectMany(kind => world.B.World.List(kind).Select(thing => (kind, Mark: MarkOf(thing.ToJsonString(), failover)))).Where(made => made.Mark is not null);
        if (marks.GroupBy(made => made).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new Violation($"{twice.Count()} of {twice.Key.kind} carry the mark {twice.Key.Mark}.");
        var servers = world.B.World.List(ResourceKind.Server);
        if (servers.Count != world.Shop.ServerIds.Count || servers.Any(server => server["status"]!.GetValue<string>() is not "ACTIVE"))
            throw new Violation($"At B there are {string.Join(", ", servers.Select(server => $"{server["name"]} {server["status"]}"))}.");
    }

    static string? MarkOf(string thing, RunId run)
    {
        // In metadata as two keys, in tags and descriptions as one word.
        var at = thing.IndexOf($"kedge:{run}:", StringComparison.Ordinal);
        if (at >= 0)
            return thing[(at + run.Value.Length + 7)..].Split('"', ' ')[0];
        return thing.Contains($"\"kedge_run\":\"{run}\"", StringComparison.Ordinal) && thing.Split("\"kedge_step\":\"") is [_, var rest, ..] ? rest.Split('"')[0] : null;
    }

    /// <summary>The disks hold what they held at the moment that the point names.</summary>
    async Task DemandDataAsync(RunState state)
    {
        var facts = Recovery.Failover.FailoverFacts.Of(state.Plan);
        var point = await world.WithFilesAsync(async () => await (await PointRepository.OpenAsync(world.Repository, world.Clock, CancellationToken.None)).GetAsync(world.Workload.Name, facts.Point, CancellationToken.None));
        if (point.DataAt < newest)
            throw new Violation($"The failover used a point of {point.DataAt:T}, and there is one of {newest:T}.");
        var expected = point.Volumes.Select(volume => truth.Last(then => then.Since <= volume.DataAt).Fingerprints[volume.Volume.Value]).Order(StringComparer.Ordinal);
        var found = world.B.World.List(ResourceKind.Volume).Select(volume => world.B.World.FingerprintVolume(volume["id"]!.GetValue<string>())).Order(StringComparer.Ordinal);
        if (!expected.SequenceEqual(found))
            throw new Violation("The volumes at B do not hold what those at A held at the moment of the point.");
    }
}
