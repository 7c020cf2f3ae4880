using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Kedge.Blocks.Stores;

/// <summary>
/// A store in a container of Swift (https://docs.openstack.org/api-ref/object-store/). Put-if-absent is by <see cref="Claims"/>. A container's listing must show
/// what was put: that of Ceph's radosgw does; Swift's may lag behind while its servers are in trouble, and a prune should not run then.
/// </summary>
public sealed class SwiftStore : IStore, IDisposable
{
    const int PageEntries = 1000;
    readonly StorePrefix prefix;
    readonly string container;
    readonly HttpClient http;
    readonly SwiftSession session;
    readonly Attempts attempts;
    readonly Claims claims;

    SwiftStore(SwiftSettings settings, TimeProvider time)
    {
        prefix = new StorePrefix(settings.Prefix);
        container = Uri.EscapeDataString(settings.Container);
        attempts = new Attempts($"{settings.AuthUrl.Host} container {settings.Container}", time);
        http = new HttpClient(StoreTls.Handler(settings.AuthorityFile)) { Timeout = Attempts.Within };
        session = new SwiftSession(settings, http);
        claims = new Claims(this, PutAnywayAsync, time);
    }

    /// <summary>Prepares a client; nothing is asked yet.</summary>
    public static SwiftStore Open(SwiftSettings settings, TimeProvider time) => new(settings, time);

    /// <inheritdoc/>
    public async ValueTask<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        if (!Claims.IsUncontested(name)) return await claims.PutAsync(name, content, cancel);
        await PutAnywayAsync(name, content, cancel);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(string name, long offset, Memory<byte> into, CancellationToken cancel) => attempts.RunAsync($"Reading {name}", async (_, token) =>
    {
        using var answer = await session.SendAsync(() => into.IsEmpty
            ? new HttpRequestMessage(HttpMethod.Head, (Uri?)null)
            : new HttpRequestMessage(HttpMethod.Get, (Uri?)null) { Headers = { Range = new RangeHeaderValue(offset, offset + into.Length - 1) } }, PathOf(name), token);
        if (answer.StatusCode == HttpStatusCode.NotFound) return -1;
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable || into.IsEmpty && answer.IsSuccessStatusCode) return 0;
        if (answer.StatusCode != HttpStatusCode.PartialContent) throw Unexpected(answer);
        var length = (int)Math.Min(into.Length, answer.Content.Headers.ContentLength ?? throw Unexpected(answer));
        return await (await answer.Content.ReadAsStreamAsync(token)).ReadAtLeastAsync(into[..length], length, throwOnEndOfStream: true, token);
    }, StatusOf, cancel);

    /// <inheritdoc/>
    public ValueTask<StoredObject?> FindAsync(string name, CancellationToken cancel) => attempts.RunAsync<StoredObject?>($"Looking for {name}", async (_, token) =>
    {
        using var answer = await session.SendAsync(() => new HttpRequestMessage(HttpMethod.Head, (Uri?)null), PathOf(name), token);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        if (!answer.IsSuccessStatusCode) throw Unexpected(answer);
        return new StoredObject(name, answer.Content.Headers.ContentLength ?? 0, answer.Content.Headers.LastModified ?? default);
    }, StatusOf, cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var marker = ""; ;)
        {
            var query = $"/{container}?format=json&limit={PageEntries}&prefix={Uri.EscapeDataString(this.prefix.Whole(prefix))}&marker={Uri.EscapeDataString(marker)}";
            var page = await attempts.RunAsync($"Listing {prefix}", (_, token) => PageAsync(query, token), StatusOf, cancel);
            foreach (var (name, bytes, at) in page)
            {
                if (string.CompareOrdinal(name, marker) <= 0) throw new RepositoryException(RepositoryFault.Unavailable, $"Listing {prefix}: the server goes round in circles at {name}.");
                marker = name;
                yield return new StoredObject(this.prefix.Part(name), bytes, at);
            }
            if (page.Count == 0) yield break;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string name, CancellationToken cancel) => await attempts.RunAsync($"Deleting {name}", async (_, token) =>
    {
        using var answer = await session.SendAsync(() => new HttpRequestMessage(HttpMethod.Delete, (Uri?)null), PathOf(name), token);
        return answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotFound ? true : throw Unexpected(answer);
    }, StatusOf, cancel);

    /// <inheritdoc/>
    public void Dispose()
    {
        session.Dispose();
        http.Dispose();
    }

    async ValueTask PutAnywayAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel) => await attempts.RunAsync($"Writing {name}", async (_, token) =>
    {
        using var answer = await session.SendAsync(() => new HttpRequestMessage(HttpMethod.Put, (Uri?)null)
        {
            Content = new ReadOnlyMemoryContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } },
        }, PathOf(name), token);
        return answer.StatusCode == HttpStatusCode.Created ? true : throw Unexpected(answer);
    }, StatusOf, cancel);

    async Task<List<(string Name, long Bytes, DateTimeOffset At)>> PageAsync(string query, CancellationToken cancel)
    {
        using var answer = await session.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, (Uri?)null), query, cancel);
        var page = new List<(string Name, long Bytes, DateTimeOffset At)>();
        if (answer.StatusCode == HttpStatusCode.NoContent) return page;
        if (answer.StatusCode != HttpStatusCode.OK) throw Unexpected(answer);
        using var json = await StoreAnswer.JsonAsync(answer, cancel);
        if (json.RootElement.ValueKind != JsonValueKind.Array) throw StoreAnswer.NotUnderstood(answer);
        foreach (var found in json.RootElement.EnumerateArray())
        {
            if (FindIn(found) is not { } entry) throw StoreAnswer.NotUnderstood(answer);
            page.Add(entry);
        }
        return page;
    }

    /// <summary>Null when it is no entry of a listing.</summary>
    static (string Name, long Bytes, DateTimeOffset At)? FindIn(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String) return null;
        if (!entry.TryGetProperty("bytes", out var length) || length.ValueKind != JsonValueKind.Number || !length.TryGetInt64(out var bytes)) return null;
        var at = entry.TryGetProperty("last_modified", out var modified) && modified.ValueKind == JsonValueKind.String ? modified.GetString() : null;
        return (name.GetString()!, bytes, DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var known) ? known : default);
    }

    string PathOf(string name) => $"/{container}/{prefix.Whole(name)}";

    static HttpRequestException Unexpected(HttpResponseMessage answer) => new(answer.ReasonPhrase ?? "no reason", null, answer.StatusCode);

    static HttpStatusCode? StatusOf(Exception e) => (e as HttpRequestException)?.StatusCode;
}
