using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Points;
using Kedge.Recovery.SiteLoss;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Home;

/// <summary>The desk of an embedded kedge: records from the data directory, and runs that are begun by runs executed in this process.</summary>
sealed class EmbeddedDesk : IAsyncDisposable
{
    /// <summary>A run of another machine of which nothing was heard for so long is taken over: should that one live, the journal stops it.</summary>
    static readonly TimeSpan ThoughtDead = TimeSpan.FromMinutes(5);

    readonly KedgeHome kedge;
    readonly RunsHere runs;
    readonly Dictionary<string, Site> sites = new(StringComparer.Ordinal);
    readonly SemaphoreSlim gate = new(1);

    EmbeddedDesk(KedgeHome kedge, RecoveryDesk desk)
    {
        this.kedge = kedge;
        runs = new RunsHere(desk.Journal, ExecuteAsync, LivesElsewhere);
        Desk = desk with { GetSite = GetSiteAsync, SeeTo = runs.SeeToAsync };
    }

    public RecoveryDesk Desk { get; }

    public static async Task<EmbeddedDesk> OpenAsync(KedgeHome kedge, IJournal journal, TimeProvider clock, CancellationToken cancel) => new(kedge, new RecoveryDesk
    {
        Journal = journal,
        Repository = await kedge.FindRepositoryAsync(cancel),
        Workloads = kedge.Workloads.ListAsync,
        FindWorkload = kedge.Workloads.FindAsync,
        FindMapping = kedge.Mappings.FindAsync,
        GetSite = kedge.GetSiteAsync,
        SeeTo = (_, _) => Task.FromResult(false),
        Clock = clock,
        Owner = RunOwner.Current,
    });

    /// <summary>For a plan between clouds: connected to its sites, with this desk for the runs that it begins.</summary>
    public async Task<RunExecutor> ExecutorAsync(Plan plan, CancellationToken cancel)
    {
        var connected = await ConnectAsync(plan, cancel);
        return new RunExecutor(
            Desk.Journal, step => RecoveryStepJson.Read(step, connected), RecoveryFaults.Read, RecoveryLimits.Of(plan), Desk.Clock, RunOwner.Current);
    }

    async Task<SiteSet> ConnectAsync(Plan plan, CancellationToken cancel)
    {
        var named = new Dictionary<string, Site>(StringComparer.Ordinal);
        foreach (var name in PlanSites.Of(plan))
            named[name] = await GetSiteAsync(name, cancel);
        return new SiteSet(named, Desk) { Movers = kedge.Movers, PointsInUseAsync = (workload, stop) => PointsInUse.OfAsync(Desk.Journal, workload, stop) };
    }

    public async ValueTask DisposeAsync()
    {
        await runs.DisposeAsync();
        gate.Dispose();
    }

    async Task<Site> GetSiteAsync(string name, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            return sites.TryGetValue(name, out var known) ? known : sites[name] = await kedge.GetSiteAsync(name, cancel);
        }
        finally
        {
            gate.Release();
        }
    }

    async Task ExecuteAsync(RunId run, CancellationToken cancel)
    {
        var executor = await ExecutorAsync((await Desk.Journal.GetStateAsync(run, cancel)).Plan, cancel);
        await executor.ExecuteAsync(run, null, cancel);
    }

    bool LivesElsewhere(RunSummary run) =>
        run.Owner != RunOwner.Current && (RunOwner.IsAlive(run.Owner) ?? Desk.Clock.GetUtcNow() - run.LastEventAt < ThoughtDead);
}
