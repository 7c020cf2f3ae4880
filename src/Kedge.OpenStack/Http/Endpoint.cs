using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kedge.OpenStack.Http;

/// <summary>One service of one cloud: finds its address and microversions once, sends requests there, reads what comes back.</summary>
internal sealed class Endpoint(ServiceKind kind)
{
    public ServiceKind Kind => kind;

    public Task<T> ReadAsync<T>(Request request, string envelope, JsonTypeInfo<T> type, CancellationToken cancel) => throw new NotImplementedException();

    public Task<T?> FindAsync<T>(Request request, string envelope, JsonTypeInfo<T> type, CancellationToken cancel) where T : class => throw new NotImplementedException();

    public Task<JsonElement> ReadJsonAsync(Request request, CancellationToken cancel) => throw new NotImplementedException();

    public Task<JsonElement?> FindJsonAsync(Request request, CancellationToken cancel) => throw new NotImplementedException();

    public IAsyncEnumerable<T> ListAsync<T>(Request request, string envelope, JsonTypeInfo<T> type, CancellationToken cancel) => throw new NotImplementedException();

    public IAsyncEnumerable<JsonElement> PagesAsync(Request request, string envelope, CancellationToken cancel) => throw new NotImplementedException();

    public Task SendAsync(Request request, CancellationToken cancel) => throw new NotImplementedException();

    public Task<HttpResponseMessage> OpenAsync(Request request, CancellationToken cancel) => throw new NotImplementedException();

    public Task DeleteAsync(Request request, CancellationToken cancel) => throw new NotImplementedException();

    public T Parse<T>(JsonElement element, JsonTypeInfo<T> type) => throw new NotImplementedException();

    public JsonElement Member(JsonElement element, params ReadOnlySpan<string> path) => throw new NotImplementedException();

    public string Text(JsonElement element, params ReadOnlySpan<string> path) => throw new NotImplementedException();

    public OpenStackException NotFound(string what) => throw new NotImplementedException();

    public Task<SupportedVersions?> VersionsAsync(CancellationToken cancel) => throw new NotImplementedException();
}

/// <summary>The microversions that a service speaks.</summary>
/// <param name="Lowest">Oldest.</param>
/// <param name="Highest">Newest.</param>
public sealed record SupportedVersions(Microversion Lowest, Microversion Highest);
