using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using Kedge.Mediator.Settings;
using Kedge.Recovery.Health;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Health;

/// <summary>
/// The other mediators that are asked what they see of a site. One that does not answer, answers nonsense, speaks of another site, or turns out to be
/// this mediator, or one that counts under another name already, is not heard: fewer voices, never a wrong one more.
/// </summary>
/// <param name="own">This mediator's name in the cluster: what it calls itself as an observer.</param>
/// <param name="transport">Not disposed of.</param>
sealed partial class WitnessCircle(IReadOnlyList<NamedAddress> named, Secret? token, string own, HttpMessageHandler transport, TimeProvider clock, ILogger log)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Of an answer; a sighting is a few hundred bytes.</summary>
    const int MostBytes = 64 << 10;

    /// <summary>For so long an observer that was heard under one name is not heard under another.</summary>
    static readonly TimeSpan Claim = TimeSpan.FromMinutes(5);

    readonly ConcurrentDictionary<string, (string Witness, DateTimeOffset At)> claims = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, string> troubles = new(StringComparer.Ordinal);

    public IReadOnlyList<Witness> All => [.. named.Select(witness => new Witness(witness.Name, (site, cancel) => AskAsync(witness, site, cancel)))];

    async Task<SiteSighting?> AskAsync(NamedAddress witness, string site, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            var seen = await GetAsync(witness, site, either.Token);
            var trouble = seen is null ? "it has seen nothing of that site" : TroubleWith(seen, witness, site);
            Tell(witness.Name, trouble);
            return trouble is null ? seen : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or NotSupportedException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            Tell(witness.Name, e is OperationCanceledException ? $"nothing came back within {Patience.TotalSeconds} s" : e.Message);
            return null;
        }
    }

    async Task<SiteSighting?> GetAsync(NamedAddress witness, string site, CancellationToken cancel)
    {
        using var http = new HttpMessageInvoker(transport, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(witness.Address, $"{WitnessDoor.Path}/{Uri.EscapeDataString(site)}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token?.Value);
        using var answer = await http.SendAsync(request, cancel);
        if (answer.StatusCode is System.Net.HttpStatusCode.NotFound)
            return null;
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"it answers HTTP {(int)answer.StatusCode}");
        await answer.Content.LoadIntoBufferAsync(MostBytes, cancel);
        return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancel), HealthJson.Default.SiteSighting);
    }

    /// <summary>Null: it can be believed as much as any witness.</summary>
    string? TroubleWith(SiteSighting seen, NamedAddress witness, string site)
    {
        if (seen.Site != site)
            return "it speaks of another site";
        if (seen.Observer == own)
            return "it is this mediator itself";
        if (seen.Services.IsDefault || seen.Services.Length < 2 || seen.Services.Any(service => service is null || !Enum.IsDefined(service.Answer)))
            return "it does not say what of the site answered";
        if (seen.Services.Select(service => service.Service).Distinct(StringComparer.Ordinal).Count() != seen.Services.Length || seen.Services.All(service => service.Service != "identity"))
            return "it did not ask what is asked";
        var now = clock.GetUtcNow();
        var claim = claims.AddOrUpdate(seen.Observer, (witness.Name, now), (_, before) => before.Witness == witness.Name || now - before.At > Claim ? (witness.Name, now) : before);
        return claim.Witness == witness.Name ? null : $"it is the same mediator as {claim.Witness}";
    }

    void Tell(string witness, string? trouble)
    {
        if (trouble is null)
        {
            if (troubles.TryRemove(witness, out _))
                LogHeard(witness);
        }
        else if (!troubles.TryGetValue(witness, out var before) || before != trouble)
        {
            troubles[witness] = trouble;
            LogNotHeard(witness, trouble);
        }
    }

    [LoggerMessage(3602, LogLevel.Warning, "Witness {Witness} is not heard: {Why}")]
    partial void LogNotHeard(string witness, string why);

    [LoggerMessage(3603, LogLevel.Information, "Witness {Witness} is heard again")]
    partial void LogHeard(string witness);
}
