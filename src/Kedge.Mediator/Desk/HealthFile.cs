using System.Text.Json;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Health;

namespace Kedge.Mediator.Desk;

/// <summary>Where the looks at a site are kept: <c>health/NAME.json</c> in the data directory.</summary>
public static class HealthFile
{
    public static string PathOf(string dataPath, string site) => Path.Combine(dataPath, "health", RecordName.Checked(site, "site") + ".json");

    /// <summary>Evidence that cannot be read is no evidence: looking begins anew.</summary>
    public static async Task<SiteHealth?> FindAsync(string dataPath, string site, CancellationToken cancel)
    {
        var path = PathOf(dataPath, site);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(path, cancel), HealthJson.Default.SiteHealth) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static async Task WriteAsync(string dataPath, SiteHealth health, CancellationToken cancel)
    {
        var path = PathOf(dataPath, health.Site);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await AtomicFile.WriteAsync(path, JsonSerializer.SerializeToUtf8Bytes(health, HealthJson.Default.SiteHealth), cancel);
    }
}
