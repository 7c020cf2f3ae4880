using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kedge.OpenStack.Http;

/// <summary>One service of one cloud: finds its address and microversions, sends requests there, reads what comes back.</summary>
internal sealed class Endpoint : IDisposable
{
    /// <summary>A list of more pages than this is taken for endless.</summary>
    public const int MostPages = 10_000;

    readonly ServiceKind kind;
    readonly Connection connection;
    readonly Session session;
    readonly EndpointAddress address;
    readonly EndpointVersions versions;
    readonly HttpMessageInvoker invoker;

    public Endpoint(ServiceKind kind, Connection connection, Session session)
    {
        this.kind = kind;
        this.connection = connection;
        this.session = session;
        address = new(kind, connection.Settings, session);
        versions = new(this, address);
        invoker = Pipeline.Build(kind, connection, session);
    }

    public ServiceKind Kind => kind;

    public Connection Connection => connection;

    public async Task<T> ReadAsync<T>(Request request, string envelope, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var answer = await ReadJsonAsync(request, cancel);
        return Parse(envelope.Length == 0 ? answer : Member(answer, envelope), type);
    }

    public async Task<T?> FindAsync<T>(Request request, string envelope, JsonTypeInfo<T> type, CancellationToken cancel) where T : class =>
        await FindJsonAsync(request, cancel) is { } answer ? Parse(envelope.Length == 0 ? answer : Member(answer, envelope), type) : null;

    public async Task<JsonElement> ReadJsonAsync(Request request, CancellationToken cancel)
    {
        using var response = await OpenAsync(request, cancel);
        return await JsonOfAsync(response, cancel);
    }

    public async Task<JsonElement?> FindJsonAsync(Request request, CancellationToken cancel)
    {
        try
        {
            return await ReadJsonAsync(request, cancel);
        }
        catch (OpenStackException e) when (e.Fault == Fault.NotFound && e.Service == kind.Type)
        {
            return null;
        }
    }

    public async IAsyncEnumerable<T> ListAsync<T>(Request request, string envelope, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var items in PagesAsync(request, envelope, cancel))
        {
            foreach (var item in items.EnumerateArray())
                yield return Parse(item, type);
        }
    }

    public async IAsyncEnumerable<JsonElement> PagesAsync(Request request, string envelope, [EnumeratorCancellation] CancellationToken cancel)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        for (Request? next = Paged(request); next is not null;)
        {
            if (!asked.Add(next.Query) || asked.Count > MostPages)
                throw Broken($"the list {request.Path.Template} does not end: page {asked.Count} leads back or too far", null);
            var page = await PageAsync(next, envelope, cancel);
            yield return page.Items;
            next = page.NextQuery is { } query ? next with { Query = query } : null;
        }
    }

    public Request Paged(Request request) => request.IsPaged
        ? request with { Query = $"{request.Query}{(request.Query.Length > 0 ? "&" : "")}limit={connection.Limits.PageSize}" }
        : request;

    public async Task<ListPage> PageAsync(Request request, string envelope, CancellationToken cancel)
    {
        var answer = await ReadJsonAsync(request, cancel);
        var items = Member(answer, envelope);
        if (items.ValueKind != JsonValueKind.Array)
            throw Broken($"'{envelope}' in the answer to {request.Path.Template} is not a list", null);
        return new(items, items.GetArrayLength() == 0 ? null : ListPage.NextIn(answer, envelope));
    }

    public async Task SendAsync(Request request, CancellationToken cancel)
    {
        using var response = await OpenAsync(request, cancel);
    }

    /// <summary>Sends what ends with a resource being gone: one that is not there is what was wanted.</summary>
    public async Task DeleteAsync(Request request, CancellationToken cancel)
    {
        try
        {
            await SendAsync(request, cancel);
        }
        catch (OpenStackException e) when (e.Fault == Fault.NotFound && e.Service == kind.Type)
        {
            // Gone already.
        }
    }

    public async Task<HttpResponseMessage> OpenAsync(Request request, CancellationToken cancel)
    {
        var target = request.Target ?? await address.OfAsync(request, cancel);
        using var message = new HttpRequestMessage(request.Method, target);
        message.Headers.Accept.Add(new(request.IsAnswerStreamed ? "application/octet-stream" : "application/json"));
        message.Headers.UserAgent.ParseAdd("kedge-openstack");
        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        if (kind.VersionHeader is { } service && request.Versions is { } range)
            message.Headers.TryAddWithoutValidation("OpenStack-API-Version", $"{service} {await versions.ChooseAsync(range, cancel)}");
        message.Content = request.Content?.Invoke();
        new OngoingCall(kind, request, cancel).AddTo(message);
        return await invoker.SendAsync(message, cancel);
    }

    public async Task<JsonElement> JsonOfAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancel);
        if (body.Length == 0)
            return default;
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw Broken($"the answer is not JSON ({response.Content.Headers.ContentType}); is this the address of the {kind.Type} service?", e, response);
        }
    }

    public T Parse<T>(JsonElement element, JsonTypeInfo<T> type)
    {
        try
        {
            return element.Deserialize(type) ?? throw Broken($"null where a {typeof(T).Name} was promised", null);
        }
        catch (JsonException e)
        {
            throw Broken($"a {typeof(T).Name} cannot be read at {e.Path}: {e.Message}", e);
        }
    }

    public JsonElement Member(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                throw Broken($"the answer has no '{string.Join('.', path)}'", null);
        }

        return element;
    }

    public string Text(JsonElement element, params ReadOnlySpan<string> path) =>
        Member(element, path) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw Broken($"'{string.Join('.', path)}' is not text", null);

    public OpenStackException NotFound(string what) =>
        new(Fault.NotFound, $"{kind.Type} of cloud '{connection.Settings.Name}' has no {what}.", new(connection.Settings.Name, kind.Type));

    public OpenStackException Broken(string what, Exception? cause, HttpResponseMessage? response = null) => new(
        Fault.Protocol,
        $"{kind.Type} of cloud '{connection.Settings.Name}': {what}.",
        new(connection.Settings.Name, kind.Type)
        {
            Status = response?.StatusCode,
            RequestId = response is null ? null : ObserveHandler.RequestIdOf(response),
            Method = response?.RequestMessage?.Method.Method ?? "",
            Url = response?.RequestMessage?.RequestUri?.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped) ?? "",
        },
        cause);

    public Task<SupportedVersions?> VersionsAsync(CancellationToken cancel) => versions.SupportedAsync(cancel);

    public void Dispose()
    {
        versions.Dispose();
        invoker.Dispose();
    }
}
