using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Protection;
using Kedge.Recovery.SiteLoss;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Tests.Protection;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox.Faults;

namespace Kedge.Recovery.Tests.SiteLoss;

/// <summary>Site A with the workloads <c>app</c>, <c>db</c> and <c>web</c>, a server each, protected at B; and then A does not answer any more.</summary>
sealed class LostSite : IAsyncDisposable
{
    readonly ProtectHouse inner;
    readonly Dictionary<string, SiteMapping> mappings = [];

    LostSite(ProtectHouse inner) => this.inner = inner;

    public House House => inner.House;

    public List<Workload> Workloads { get; } = [];

    public SiteLossRequest Request { get; set; } = new("fire in A", "ann");

    public static async Task<LostSite> MakeAsync(int? instancesAtB = null)
    {
        var site = new LostSite(await ProtectHouse.MakeAsync());
        var (house, tier) = (site.House, site.inner.ThreeTier);
        foreach (var (name, server) in new[] { ("app", tier.AppServerId), ("db", tier.DbServerId), ("web", tier.WebServerId) })
        {
            var workload = new Workload { Name = name, From = "A", To = "B", Selection = new WorkloadSelection.ByServers([new SourceId(server)]) };
            site.Workloads.Add(workload);
            await house.LiveAsync(() => site.ProtectAsync(workload));
        }
        if (instancesAtB is { } limit)
            house.B.World.SetQuota("compute", "demo", "instances", limit);
        house.Clock.Advance(TimeSpan.FromMinutes(20));
        house.A.Faults.OnCall = _ => new FaultAction.LoseRequest();
        return site;
    }

    async Task ProtectAsync(Workload workload)
    {
        var repository = await inner.OpenAsync();
        var captured = await new BlueprintCapture(House.Clock).CaptureAsync(workload, House.SiteA, null, CancellationToken.None);
        mappings[workload.Name] = await MappingProposal.ProposeAsync(captured.Blueprint, House.SiteA, House.SiteB, null, CancellationToken.None);
        var plan = await ProtectRunbook.PrepareAsync(workload, captured.Blueprint, captured.StartedAt, House.SiteA, House.SiteB, repository, CancellationToken.None);
        var run = await House.BeginAndExecuteAsync(plan, ProtectRunbook.ExclusiveKey(workload));
        Assert.True(run.Phase is RunPhase.Finished, run.Reason);
    }

    public List<UnreadableRecord> Unreadable { get; } = [];

    /// <summary>The workload whose mapping somebody has spoilt.</summary>
    public string? BrokenMapping { get; set; }

    /// <summary>Of points, and all else.</summary>
    public string Repository => inner.Repository;

    public void Change(string name, Func<Workload, Workload> change) => Workloads[Workloads.FindIndex(workload => workload.Name == name)] = change(Workloads.Single(workload => workload.Name == name));

    public void ForgetMapping(string name) => mappings.Remove(name);

    /// <summary>A new process: nothing remembered but the journal and the repository. Must be called within the time of the house.</summary>
    public async Task<Process> NewProcessAsync() => new(this, await inner.OpenAsync());

    public Task<SiteLossPreview> PreviewAsync() => House.LiveAsync(async () =>
    {
        await using var process = await NewProcessAsync();
        return await SiteLossPreview.OfAsync(process.Desk, "A", CancellationToken.None);
    });

    /// <summary>Previewed, declared, and executed to wherever it gets, by one process.</summary>
    public Task<RunState> DeclareAsync() => House.LiveAsync(async () =>
    {
        await using var process = await NewProcessAsync();
        var preview = await SiteLossPreview.OfAsync(process.Desk, "A", CancellationToken.None);
        var run = RunId.Create(House.Clock);
        await House.Journal.BeginAsync(run, SiteLossRunbook.Write(preview, Request), SiteLossRunbook.ExclusiveKey("A"), "host/1", CancellationToken.None);
        return await process.ExecuteAsync(run);
    });

    public async Task<List<RunSummary>> FailoversAsync() =>
        await House.Journal.ListAsync(new RunFilter { Kind = FailoverRunbook.Kind }, CancellationToken.None).ToListAsync();

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    public sealed class Process : IAsyncDisposable
    {
        readonly LostSite site;
        readonly RunsHere runs;
        readonly SiteSet sites;
        readonly CancellationTokenSource dead = new();

        public Process(LostSite site, Recovery.Points.PointRepository repository)
        {
            this.site = site;
            runs = new RunsHere(site.House.Journal, ExecuteBesideAsync, _ => false);
            Desk = new RecoveryDesk
            {
                Journal = site.House.Journal,
                Repository = repository,
                Workloads = _ => Task.FromResult(new RecordList<Workload>([.. site.Workloads], [.. site.Unreadable])),
                FindWorkload = (name, _) => Task.FromResult(site.Workloads.Find(workload => workload.Name == name)),
                FindMapping = (name, _) => site.BrokenMapping == name ? throw new RecordException($"mappings/{name}.yaml is not a mapping.") : Task.FromResult(site.mappings.GetValueOrDefault(name)),
                GetSite = (name, _) => Task.FromResult(site.House.Sites[name]),
                SeeTo = runs.SeeToAsync,
                Clock = site.House.Clock,
                Owner = "host/1",
            };
            sites = new SiteSet(new Dictionary<string, Site> { ["A"] = site.House.SiteA, ["B"] = site.House.SiteB }, Desk);
        }

        public RecoveryDesk Desk { get; }

        public Task<RunState> ExecuteAsync(RunId run) => ExecuteAsync(run, dead.Token);

        /// <summary>Power that is lost to one run of a process is lost to all of them.</summary>
        async Task ExecuteBesideAsync(RunId run, CancellationToken cancel)
        {
            try
            {
                await ExecuteAsync(run, cancel);
            }
            catch (PowerLostException)
            {
                await dead.CancelAsync();
                throw;
            }
        }

        async Task<RunState> ExecuteAsync(RunId run, CancellationToken cancel)
        {
            var plan = (await site.House.Journal.GetStateAsync(run, cancel)).Plan;
            var executor = new RunExecutor(
                site.House.Journal, step => RecoveryStepJson.Read(step, sites), RecoveryFaults.Read, RecoveryLimits.Of(plan), site.House.Clock, "host/1");
            return await executor.ExecuteAsync(run, null, cancel);
        }

        public async ValueTask DisposeAsync()
        {
            await runs.DisposeAsync();
            dead.Dispose();
        }
    }
}
