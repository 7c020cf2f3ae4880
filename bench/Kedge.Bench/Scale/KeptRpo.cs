using System.Collections.Immutable;
using Kedge.Bench.Blocks;
using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Points;
using Kedge.Recovery.Policies;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;
using Kedge.Sandbox.BlockStorage;
using Kedge.Sandbox.Workloads;

namespace Kedge.Bench.Scale;

/// <summary>
/// What keeping the RPO of many workloads costs: the product's pace, capture, protection, journal on a disk and watch of definitions against two
/// sandbox clouds with realistic latencies, all in this process. Without Quartz and its database, which a mediator has besides.
/// </summary>
sealed class KeptRpo : IAsyncDisposable
{
    static readonly TimeSpan Rpo = TimeSpan.FromMinutes(15);

    readonly TimeProvider clock;
    readonly SandboxCloud a;
    readonly SandboxCloud b;
    readonly List<Cloud> connections = [];
    readonly SemaphoreSlim turns;
    readonly Dictionary<string, DateTimeOffset> newest = new(StringComparer.Ordinal);
    readonly List<double> lags = [];
    int protections, failures;
    string? failure;

    public KeptRpo(TimeProvider clock, int atOnce)
    {
        this.clock = clock;
        var store = new BackupStore();
        a = SandboxCloud.Create(new SandboxSettings { Name = "a", Seed = 1, Backups = store, Latencies = SandboxLatencies.Realistic }, clock);
        b = SandboxCloud.Create(new SandboxSettings { Name = "b", Seed = 2, Backups = store, Latencies = SandboxLatencies.Realistic }, clock);
        turns = new SemaphoreSlim(atOnce);
    }

    /// <summary>Every workload gets its first point; from then on it is measured.</summary>
    public async Task<KeptRpoReport> MeasureAsync(int workloads, int servers, TimeSpan time, string folder, CancellationToken cancel)
    {
        var all = await BuildAsync(workloads, servers, cancel);
        var withClouds = Environment.WorkingSet;
        var sites = new SiteSet(new Dictionary<string, Site> { ["A"] = Connect(a, "A"), ["B"] = Connect(b, "B") });
        await using var journal = await SqliteJournal.OpenAsync(Path.Combine(folder, "kedge.db"), clock, cancel);
        var repository = await PointRepository.CreateAsync(Path.Combine(folder, "points"), clock, cancel);
        var desk = new Desk(journal, repository, sites);
        await Task.WhenAll(all.Select(workload => InTurnAsync(workload, desk, cancel)));

        var (began, cpu, calls, before) = (clock.GetUtcNow(), Usage.OfSelf(), a.CallCount + b.CallCount, protections);
        var (watch, real) = (System.Diagnostics.Stopwatch.StartNew(), began + time);
        await Task.WhenAll([.. all.Select(workload => KeepAsync(workload, desk, real, cancel)), SampleAsync(real, cancel), FollowAsync(all, desk, real, cancel)]);
        lags.Sort();
        return new KeptRpoReport
        {
            Workloads = workloads,
            Servers = servers,
            Time = clock.GetUtcNow() - began,
            RealTime = watch.Elapsed,
            Points = protections - before,
            Failures = failures,
            Failure = failure,
            Calls = a.CallCount + b.CallCount - calls,
            CpuS = Usage.OfSelf() - cpu,
            WithClouds = withClouds,
            AtTheEnd = Environment.WorkingSet,
            Lags = [.. lags],
        };
    }

    async Task<ImmutableArray<Workload>> BuildAsync(int workloads, int servers, CancellationToken cancel)
    {
        foreach (var cloud in new[] { a, b })
            foreach (var (service, resource) in new[] { ("volume", "volumes"), ("volume", "gigabytes"), ("volume", "snapshots"), ("volume", "backups"), ("volume", "backup_gigabytes"), ("compute", "instances"), ("compute", "cores"), ("compute", "ram"), ("network", "port") })
                cloud.World.SetQuota(service, "demo", resource, -1);
        var built = await ScaleWorkload.BuildAsync(a, workloads * servers, cancel);
        return [.. built.ServerIds.Chunk(servers).Select((ids, i) => new Workload
        {
            Name = $"w{i:0000}", From = "A", To = "B", Rpo = Rpo, Selection = new WorkloadSelection.ByServers([.. ids.Select(id => new SourceId(id))]),
            Retention = new RetentionPolicy { KeepLast = 3, FullEvery = 3 },
        })];
    }

    /// <summary>As a mediator does: the next point when its pace says so.</summary>
    async Task KeepAsync(Workload workload, Desk desk, DateTimeOffset end, CancellationToken cancel)
    {
        var took = ImmutableArray<TimeSpan>.Empty;
        while (true)
        {
            var now = clock.GetUtcNow();
            var at = Pace.Next(new PaceQuestion { Workload = workload.Name, Rpo = Rpo, NewestDataAt = newest.GetValueOrDefault(workload.Name, now - Rpo), Took = took, Now = now }).At;
            if (at >= end)
                return;
            if (at > now)
                await Task.Delay(at - now, clock, cancel);
            await InTurnAsync(workload, desk, cancel);
            took = [.. took.TakeLast(19), clock.GetUtcNow() - newest.GetValueOrDefault(workload.Name, now)];
        }
    }

    async Task InTurnAsync(Workload workload, Desk desk, CancellationToken cancel)
    {
        await turns.WaitAsync(cancel);
        try
        {
            var captured = await new BlueprintCapture(clock).CaptureAsync(workload, desk.Sites["A"], null, cancel);
            var plan = await ProtectRunbook.PrepareAsync(workload, captured.Blueprint, captured.StartedAt, desk.Sites, null, desk.Repository, cancel);
            var run = RunId.Create(clock);
            await desk.Journal.BeginAsync(run, plan, ProtectRunbook.ExclusiveKey(workload), "bench", cancel);
            var executor = new RunExecutor(desk.Journal, step => RecoveryStepJson.Read(step, desk.Sites), RecoveryFaults.Read, RecoveryLimits.Of(plan), clock, "bench");
            var state = await executor.ExecuteAsync(run, null, cancel);
            if (state.Phase is not RunPhase.Finished)
            {
                failures++;
                failure ??= state.Reason;
                await executor.AbandonAsync(run, "bench", "it stopped", cancel);
                return;
            }
            protections++;
            newest[workload.Name] = (await desk.Repository.FindNewestUsableAsync(workload.Name, cancel))!.DataAt;
        }
        finally
        {
            turns.Release();
        }
    }

    async Task SampleAsync(DateTimeOffset end, CancellationToken cancel)
    {
        while (clock.GetUtcNow() < end)
        {
            var now = clock.GetUtcNow();
            lags.AddRange(newest.Values.Select(at => (now - at) / Rpo));
            await Task.Delay(TimeSpan.FromMinutes(1), clock, cancel);
        }
    }

    /// <summary>Definitions have an RPO of their own: a look a minute.</summary>
    async Task FollowAsync(ImmutableArray<Workload> all, Desk desk, DateTimeOffset end, CancellationToken cancel)
    {
        var watch = new DefinitionWatch(desk.Repository, clock);
        while (clock.GetUtcNow() < end)
        {
            await watch.LookAsync(desk.Sites["A"], all, cancel);
            await Task.Delay(DefinitionWatch.Interval, clock, cancel);
        }
    }

    Site Connect(SandboxCloud cloud, string name)
    {
        Cloud Hand(string user)
        {
            var connection = Cloud.Connect(
                new CloudSettings
                {
                    Name = $"{name}-{user}",
                    AuthUrl = cloud.AuthUrl,
                    Credential = new Credential.Password(new UserReference(null, user, null, "Default"), cloud.Settings.Password),
                    Scope = new CloudScope.Project(null, "demo", null, "Default"),
                    Limits = new CallLimits { Seed = 1, Attempts = 1, CallsAtOnce = 1000 },
                },
                cloud.CreateHandler(), clock);
            connections.Add(connection);
            return connection;
        }
        return new Site(name, Hand("demo"), Hand("admin"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections)
            await connection.DisposeAsync();
        turns.Dispose();
        await a.DisposeAsync();
        await b.DisposeAsync();
    }

    sealed record Desk(SqliteJournal Journal, PointRepository Repository, SiteSet Sites);
}

/// <summary>What was measured.</summary>
sealed record KeptRpoReport
{
    public required int Workloads { get; init; }
    public required int Servers { get; init; }

    /// <summary>By the clock of the mediator.</summary>
    public required TimeSpan Time { get; init; }
    public required TimeSpan RealTime { get; init; }
    public required int Points { get; init; }
    public required int Failures { get; init; }
    public required string? Failure { get; init; }
    public required long Calls { get; init; }
    public required double CpuS { get; init; }
    public required long WithClouds { get; init; }
    public required long AtTheEnd { get; init; }

    /// <summary>Ages of newest points in RPOs, of each workload each minute, smallest first.</summary>
    public required ImmutableArray<double> Lags { get; init; }

    public IEnumerable<string> Lines(string how)
    {
        var hours = Time.TotalHours;
        yield return "";
        yield return FormattableString.Invariant($"| {how}: {Workloads} workloads of {Servers} servers with two volumes each, RPO 15 min | value | goal |");
        yield return "|---|---|---|";
        yield return FormattableString.Invariant($"| time measured, after the first point of each | {Time.TotalMinutes:0} min, in {RealTime.TotalMinutes:0.0} min of real time | |");
        yield return FormattableString.Invariant($"| points taken / failed | {Points} / {Failures}{(Failure is null ? "" : $" ({Failure})")} | |");
        yield return FormattableString.Invariant($"| lag in RPOs: median / 99th percentile / most | {Rank(0.5):0.00} / {Rank(0.99):0.00} / {Rank(1):0.00} | <= 1 |");
        yield return FormattableString.Invariant($"| samples above 1 / above 1.5 of {Lags.Length} | {Lags.Count(lag => lag > 1)} / {Lags.Count(lag => lag > 1.5)} | 0 / 0 |");
        yield return FormattableString.Invariant($"| calls for each server and hour, both clouds | {Calls / (double)(Workloads * Servers) / hours:0.0} | |");
        yield return FormattableString.Invariant($"| CPU, both clouds included | {CpuS / hours:0} s for each hour, {CpuS / Math.Max(1, Points):0.00} s for each point | |");
        yield return FormattableString.Invariant($"| working set at the end / with both clouds built, before the first point | {AtTheEnd >> 20} / {WithClouds >> 20} MiB | difference < 500 MiB |");
    }

    double Rank(double share) => Lags.IsEmpty ? 0 : Lags[(int)Math.Ceiling(share * Lags.Length) - 1];
}
