using Kedge.Availability.Changes;
using Kedge.Mediator.Health;
using Kedge.Mediator.Store;
using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Health;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Moving;
using Kedge.Recovery.Points;
using Kedge.Recovery.Policies;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;

namespace Kedge.Home;

/// <summary>
/// The data directory of an embedded kedge: <c>kedge.db</c> the journal, and folders <c>sites</c>, <c>workloads</c>, <c>mappings</c> of YAML
/// files, one a record. Recovery points are not in it but in the repository, which may lie elsewhere.
/// </summary>
sealed class KedgeHome(string dataPath, string repositoryPath, Surroundings around)
{
    public string DataPath { get; } = dataPath;
    public string RepositoryPath { get; } = repositoryPath;
    public RecordFolder<SiteRecord> Sites { get; } = SiteFile.Folder(Path.Combine(dataPath, "sites"));

    public RecordFolder<Policy> Policies { get; } = PolicyFile.In(Path.Combine(dataPath, "policies"));
    public RecordFolder<Workload> Workloads { get; } = WorkloadFile.In(Path.Combine(dataPath, "workloads"), PolicyFile.In(Path.Combine(dataPath, "policies")));
    public RecordFolder<SiteMapping> Mappings { get; } = MappingFile.In(Path.Combine(dataPath, "mappings"));

    /// <summary>Where the runs of this process order what movers do.</summary>
    public MoveBoard Movers { get; } = new(around.Clock);

    /// <summary>For questions without a token; it lives as long as the process.</summary>
    static SocketsHttpHandler BareTransport { get; } = new() { AllowAutoRedirect = false, ConnectTimeout = SiteProbe.Patience, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };

    /// <summary>KEDGE_DATA, else kedge below XDG_DATA_HOME, else ~/.local/share/kedge.</summary>
    public static string DefaultDataPath(IReadOnlyDictionary<string, string> variables, string home) =>
        variables.GetValueOrDefault("KEDGE_DATA") is { Length: > 0 } named ? named
        : Path.Combine(
            variables.GetValueOrDefault("XDG_DATA_HOME") is { Length: > 0 } share ? share : Path.Combine(home, ".local/share"),
            "kedge");

    /// <summary>What runs write into clusters' CIBs.</summary>
    public PartFolder ClusterParts => new(Path.Combine(DataPath, "ha"));

    /// <summary>Makes the directory, readable by its owner alone: blueprints hold user-data.</summary>
    public void Prepare() =>
        Directory.CreateDirectory(DataPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    /// <summary>That of the mediators where KEDGE_DATABASE names it, else the file in the data directory.</summary>
    public async Task<IJournal> OpenJournalAsync(CancellationToken cancel)
    {
        Prepare();
        return around.Settings.Variables.GetValueOrDefault("KEDGE_DATABASE") is { Length: > 0 } connection
            ? await PostgresJournal.OpenAsync(connection, around.Clock, cancel)
            : await SqliteJournal.OpenAsync(Path.Combine(DataPath, "kedge.db"), around.Clock, cancel);
    }

    /// <exception cref="RepositoryException">There is none, or it cannot be read.</exception>
    public Task<PointRepository> OpenRepositoryAsync(CancellationToken cancel) => PointRepository.OpenAsync(RepositoryPath, around.Clock, cancel);

    /// <summary>Null: nothing was ever protected here.</summary>
    public async Task<PointRepository?> FindRepositoryAsync(CancellationToken cancel) =>
        Directory.Exists(RepositoryPath) ? await OpenRepositoryAsync(cancel) : null;

    /// <summary>
    /// Keeps copies of what is written of a workload beside its points, where there is a repository; a protection does so too. A record that is
    /// not there, or broken, is left as it was kept before.
    /// </summary>
    /// <exception cref="RepositoryException">The repository cannot be written.</exception>
    public async Task KeepAsync(string workload, CancellationToken cancel)
    {
        if (await FindRepositoryAsync(cancel) is not { } repository || await Workloads.FindAsync(workload, cancel) is not { } record)
            return;
        var sites = (await Sites.ListAsync(cancel)).Records.Where(site => site.Name == record.From || site.Name == record.To);
        await repository.RecordsOf(workload).PutAsync(record, await Mappings.FindAsync(workload, cancel), sites, cancel);
    }

    public async Task<PointRepository> OpenOrCreateRepositoryAsync(CancellationToken cancel)
    {
        Prepare();
        return await FindRepositoryAsync(cancel) ?? await PointRepository.CreateAsync(RepositoryPath, around.Clock, cancel);
    }

    /// <summary>Connections to a site, without a call yet.</summary>
    public async Task<Site> GetSiteAsync(string name, CancellationToken cancel) => Connect(await Sites.GetAsync(name, cancel));

    public Site Connect(SiteRecord record)
    {
        var (tenant, admin) = SettingsOf(record);
        return new(record.Name, Cloud.Connect(tenant, around.Transport, around.Clock), admin is null ? null : Cloud.Connect(admin, around.Transport, around.Clock))
        {
            Movers = record.Movers,
        };
    }

    /// <summary>How both hands reach a site: sealed in its record, else in clouds.yaml.</summary>
    /// <exception cref="SettingsException">They are not there, wrong, or no key opens them.</exception>
    public (CloudSettings Tenant, CloudSettings? Admin) SettingsOf(SiteRecord record)
    {
        if (record.Sealed is not { } credentials)
            return (CloudsYaml.Load(record.Cloud, around.Settings), record.AdminCloud is { } entry ? CloudsYaml.Load(entry, around.Settings) : null);
        var open = Keys().Open(record.Name, credentials);
        var origin = $"the sealed credentials of site {record.Name}";
        return (
            CloudsYaml.Parse(record.Cloud, open.Tenant, origin, around.Settings),
            record.AdminCloud is { } admin && open.Admin is { } text ? CloudsYaml.Parse(admin, text, origin, around.Settings) : null);
    }

    /// <summary>What seals and opens credentials of sites; may be none.</summary>
    /// <exception cref="SettingsException">A key is named and cannot be used.</exception>
    public SealingKeys Keys() => SealingKeys.Read(around.Settings.Variables, around.Settings.Directory);

    /// <summary>How the health of sites is looked at.</summary>
    public SiteReach Reach => new(
        record =>
        {
            var settings = SettingsOf(record).Tenant;
            return Cloud.Connect(settings with { Limits = settings.Limits with { Attempts = 1 } }, around.Transport, around.Clock);
        },
        record => SettingsOf(record).Tenant.AuthUrl,
        around.Transport ?? BareTransport);

    public async Task<SiteSet> ConnectAsync(IEnumerable<string> names, CancellationToken cancel)
    {
        var sites = new Dictionary<string, Site>(StringComparer.Ordinal);
        foreach (var name in names.Distinct())
            sites[name] = await GetSiteAsync(name, cancel);
        return new SiteSet(sites) { Movers = Movers };
    }
}
