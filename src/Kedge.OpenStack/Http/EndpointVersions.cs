using System.Text.Json;

namespace Kedge.OpenStack.Http;

/// <summary>Asks a service once which microversions it speaks, and chooses for each call the newest that is known to both.</summary>
internal sealed class EndpointVersions(Endpoint endpoint, EndpointAddress address) : IDisposable
{
    readonly SemaphoreSlim gate = new(1);
    volatile Found? found;

    public async Task<Microversion> ChooseAsync(VersionRange range, CancellationToken cancel)
    {
        var supported = await SupportedAsync(cancel);
        var highest = supported?.Highest ?? new(0, 0);
        if (highest >= range.Lowest && supported!.Lowest <= range.Highest)
            return highest < range.Highest ? highest : range.Highest;
        throw new OpenStackException(
            Fault.MicroversionTooOld,
            $"{endpoint.Kind.Type} of cloud '{endpoint.Connection.Settings.Name}' speaks {(supported is null ? "no microversions" : $"{supported.Lowest} to {highest}")}; "
            + $"{range.Need} needs {(range.Lowest == range.Highest ? range.Lowest : $"{range.Lowest} to {range.Highest}")}.",
            new(endpoint.Connection.Settings.Name, endpoint.Kind.Type));
    }

    public async Task<SupportedVersions?> SupportedAsync(CancellationToken cancel)
    {
        if (endpoint.Kind.VersionHeader is null)
            return null;
        if (found is { } known)
            return known.Versions;
        await gate.WaitAsync(cancel);
        try
        {
            return (found ??= await AskAsync(cancel)).Versions;
        }
        finally
        {
            gate.Release();
        }
    }

    async Task<Found> AskAsync(CancellationToken cancel)
    {
        var target = await address.OfVersionsAsync(cancel);
        var answer = await endpoint.FindJsonAsync(Request.Get($"") with { Target = target }, cancel);
        if (answer is not { ValueKind: JsonValueKind.Object } document)
            return new(null);
        var candidates = document.TryGetProperty("version", out var one) ? [one] : document.TryGetProperty("versions", out var many) ? many.EnumerateArray().ToList() : [];
        var major = target.Segments[^1].TrimEnd('/').TrimStart('v').Split('.')[0];
        return new(candidates.Select(Read).FirstOrDefault(versions => versions?.Highest.Major.ToString(System.Globalization.CultureInfo.InvariantCulture) == major));
    }

    static SupportedVersions? Read(JsonElement version)
    {
        var newest = Text(version, "version") ?? Text(version, "max_version");
        return Microversion.TryParse(newest, out var highest) && Microversion.TryParse(Text(version, "min_version"), out var lowest) ? new(lowest, highest) : null;
    }

    static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public void Dispose() => gate.Dispose();

    sealed record Found(SupportedVersions? Versions);
}
