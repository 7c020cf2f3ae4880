using System.Text;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Policies;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Points;

/// <summary>
/// Copies of what people have written of one workload, beside its points: a mediator is made again from them when its data directory is gone.
/// Without credentials, sealed ones too: whoever reads points does not enter clouds. Format: docs/formats/points.md.
/// </summary>
public sealed class KeptRecords
{
    readonly string path;
    readonly string workload;

    internal KeptRecords(string path, string workload)
    {
        this.path = Path.Combine(path, "records");
        this.workload = workload;
        Policies = PolicyFile.In(Path.Combine(this.path, "policies"));
        Workloads = WorkloadFile.In(Path.Combine(this.path, "workloads"), Policies);
        Mappings = MappingFile.In(Path.Combine(this.path, "mappings"));
        Sites = SiteFile.Folder(Path.Combine(this.path, "sites"));
    }

    public RecordFolder<Policy> Policies { get; }
    public RecordFolder<Workload> Workloads { get; }
    public RecordFolder<SiteMapping> Mappings { get; }
    public RecordFolder<SiteRecord> Sites { get; }

    /// <summary>Writes what is not there as it is now; what is null, or not given, stays as it was written before.</summary>
    /// <exception cref="RepositoryException">The disk refuses.</exception>
    public Task<bool> PutAsync(Workload record, SiteMapping? mapping, IEnumerable<SiteRecord> sites, CancellationToken cancel) =>
        DiskFaults.TellAsync($"The records of {workload} were not kept", path, async () =>
        {
            if (record is { Policy: { } name, Named: { } policy })
                await PutAsync(Policies, name, policy, cancel);
            await PutAsync(Workloads, workload, record, cancel);
            if (mapping is not null)
                await PutAsync(Mappings, workload, mapping, cancel);
            foreach (var site in sites)
                await PutAsync(Sites, site.Name, site with { Sealed = null }, cancel);
            return true;
        });

    /// <summary>The workload was deleted on purpose: it does not come back.</summary>
    public bool Forget()
    {
        var wasThere = Directory.Exists(path);
        if (wasThere)
            Directory.Delete(path, recursive: true);
        return wasThere;
    }

    static async Task PutAsync<T>(RecordFolder<T> folder, string name, T record, CancellationToken cancel)
        where T : class
    {
        var file = folder.PathOf(name);
        if (!File.Exists(file) || Encoding.UTF8.GetString(await SmallFile.ReadAsync(file, cancel)) != folder.Write(record))
            await folder.PutAsync(name, record, cancel);
    }
}
