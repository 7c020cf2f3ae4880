using System.Text.Json;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Health;

namespace Kedge.Mediator.Health;

/// <summary>What one observer saw of sites, as files: so that a restart does not forget since when a site is silent, nor where its services are.</summary>
/// <param name="path">Folder of that observer.</param>
public sealed class HealthEvidence(string path)
{
    /// <summary>Null: there is none, or it cannot be read, and looking begins anew.</summary>
    public async Task<SiteHealth?> FindAsync(string site, CancellationToken cancel)
    {
        try
        {
            return File.Exists(PathOf(site)) ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(PathOf(site), cancel), HealthJson.Default.SiteHealth) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public async Task PutAsync(SiteHealth health, CancellationToken cancel)
    {
        Directory.CreateDirectory(path);
        await AtomicFile.WriteAsync(PathOf(health.Site), JsonSerializer.SerializeToUtf8Bytes(health, HealthJson.Default.SiteHealth), cancel);
    }

    string PathOf(string site) => Path.Combine(path, RecordName.Checked(site, "site") + ".json");
}
