using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Network;

namespace Kedge.Recovery.Health;

/// <summary>
/// Looks at a site: a new token from Keystone, then of each service a list that is empty and so costs next to nothing. Where Keystone gives no
/// token the others are asked at the addresses that an earlier token named, without one: a refusal is a sign of life too.
/// </summary>
/// <param name="site">Kedge's name of it.</param>
/// <param name="observer">Whoever looks.</param>
/// <param name="clock">Every wait is counted by it.</param>
public sealed class SiteProbe(string site, string observer, TimeProvider clock)
{
    /// <summary>For each question: beyond it nobody who waits for the service is served either.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>No resource of anybody has this name.</summary>
    const string Nobody = "kedge-probe-that-is-not-there";

    static readonly ImmutableArray<string> Asked = ["compute", "network", "block-storage", "image"];

    /// <summary>Other names under which catalogs list these services.</summary>
    static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["compute"] = "compute", ["network"] = "network", ["image"] = "image", ["block-storage"] = "block-storage", ["volumev3"] = "block-storage", ["block-store"] = "block-storage",
    };

    /// <summary>Service to its public address, as the last token named it; kept with the evidence.</summary>
    public ImmutableSortedDictionary<string, Uri> Endpoints { get; set; } = ImmutableSortedDictionary<string, Uri>.Empty;

    /// <param name="connect">A new connection, of which no token is known yet. It should try each call once.</param>
    /// <param name="transport">Carries the questions without a token.</param>
    public async Task<SiteSighting> LookAsync(Func<Cloud> connect, HttpMessageHandler transport, CancellationToken cancel)
    {
        var at = clock.GetUtcNow();
        await using var cloud = connect();
        var keystone = await AskAsync("identity", async stop => Learn(await cloud.AuthenticateAsync(stop)), cancel);
        var hasToken = keystone.Answer is ServiceAnswer.Answers;
        var others = await Task.WhenAll(Asked.Select(service => hasToken ? AskAsync(service, stop => ListNothingAsync(cloud, service, stop), cancel) : AskBareAsync(service, transport, cancel)));
        return new SiteSighting { Site = site, Observer = observer, At = at, Services = [keystone, .. others] };
    }

    void Learn(TokenDetails token)
    {
        var learned = Endpoints.ToBuilder();
        foreach (var service in token.Catalog)
        {
            if (Known.TryGetValue(service.Type, out var name) && service.Endpoints.FirstOrDefault(endpoint => endpoint.Interface == "public") is { } found && Uri.TryCreate(found.Url, UriKind.Absolute, out var url))
                learned[name] = url;
        }
        Endpoints = learned.ToImmutable();
    }

    static async Task ListNothingAsync(Cloud cloud, string service, CancellationToken cancel)
    {
        switch (service)
        {
            case "compute":
                await DrainAsync(cloud.Compute.ListServersAsync(new ServerFilter { Tags = [Nobody] }, cancel));
                break;
            case "network":
                await DrainAsync(cloud.Network.ListNetworksAsync(new NetworkFilter { Name = Nobody }, cancel));
                break;
            case "block-storage":
                await DrainAsync(cloud.BlockStorage.ListVolumesAsync(new BlockStorageFilter { Name = Nobody }, cancel));
                break;
            default:
                await DrainAsync(cloud.Images.ListImagesAsync(new ImageFilter { Name = Nobody }, cancel));
                break;
        }
    }

    static async Task DrainAsync<T>(IAsyncEnumerable<T> list)
    {
        await foreach (var _ in list)
            return;
    }

    async Task<ServiceSighting> AskAsync(string service, Func<CancellationToken, Task> ask, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            await ask(either.Token);
            return new ServiceSighting(service, ServiceAnswer.Answers, clock.GetElapsedTime(began), null);
        }
        catch (OpenStackException e)
        {
            return new ServiceSighting(service, Read(e), clock.GetElapsedTime(began), e.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new ServiceSighting(service, ServiceAnswer.Silent, clock.GetElapsedTime(began), $"Nothing came back within {Patience.TotalSeconds} s.");
        }
    }

    Task<ServiceSighting> AskBareAsync(string service, HttpMessageHandler transport, CancellationToken cancel) => !Endpoints.TryGetValue(service, out var url)
        ? Task.FromResult(new ServiceSighting(service, ServiceAnswer.NotAsked, TimeSpan.Zero, "There is no token, and its address is not known from an earlier one."))
        : AskBareAsync(service, url, transport, cancel);

    async Task<ServiceSighting> AskBareAsync(string service, Uri url, HttpMessageHandler transport, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        using var http = new HttpMessageInvoker(transport, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        try
        {
            using var answer = await http.SendAsync(request, either.Token);
            return new ServiceSighting(service, (int)answer.StatusCode < 500 ? ServiceAnswer.Refuses : ServiceAnswer.Fails, clock.GetElapsedTime(began), $"Asked without a token: HTTP {(int)answer.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return new ServiceSighting(service, ServiceAnswer.Silent, clock.GetElapsedTime(began), $"Asked without a token: {e.Message}");
        }
    }

    static ServiceAnswer Read(OpenStackException e) => e.Fault switch
    {
        Fault.Unreachable or Fault.Unclear => ServiceAnswer.Silent,
        Fault.Unavailable => e.Status is null ? ServiceAnswer.Silent : ServiceAnswer.Fails,
        Fault.Protocol or Fault.Corrupt => ServiceAnswer.Fails,
        _ => ServiceAnswer.Refuses,
    };
}
