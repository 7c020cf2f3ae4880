using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.Json;

namespace Kedge.OpenStack.Http;

/// <summary>One call to a service, before it is known where that service is.</summary>
internal sealed record Request(HttpMethod Method, ResourcePath Path)
{
    public string Query { get; init; } = "";

    public Func<HttpContent>? Content { get; init; }

    public VersionRange? Versions { get; init; }

    /// <summary>The answer's body is a stream that its reader takes in pieces, under deadlines of its own.</summary>
    public bool IsAnswerStreamed { get; init; }

    /// <summary>False when the content can be read only once.</summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>True when sending it twice is the same as sending it once and nothing is lost by it: retried like a read.</summary>
    public bool IsRead { get; init; } = Method == HttpMethod.Get || Method == HttpMethod.Head;

    /// <summary>Asks for pages of a bounded size; the services that refuse to be asked are not.</summary>
    public bool IsPaged { get; init; }

    /// <summary>Where to send it, when not below the service's endpoint.</summary>
    public Uri? Target { get; init; }

    /// <summary>More headers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Replaces the deadlines for streams: cancelled when nothing has moved for too long.</summary>
    public CancellationToken? Stalled { get; init; }

    /// <summary>Sent without a token: version documents and the token request itself.</summary>
    public bool IsAnonymous { get; init; }

    public static Request Get(ResourcePath path) => new(HttpMethod.Get, path);

    public static Request List(ResourcePath path) => new(HttpMethod.Get, path) { IsPaged = true };

    public static Request Post(ResourcePath path) => new(HttpMethod.Post, path);

    public static Request Put(ResourcePath path) => new(HttpMethod.Put, path);

    public static Request Patch(ResourcePath path) => new(HttpMethod.Patch, path);

    public static Request Delete(ResourcePath path) => new(HttpMethod.Delete, path);

    public Request Where(Query query) => this with { Query = query.ToString() };

    public Request At(VersionRange? versions) => this with { Versions = versions };

    public Request With(JsonNode body, string mediaType = "application/json") => this with { Content = () => JsonBody(body, mediaType) };

    public Request With<T>(string envelope, T body, JsonTypeInfo<T> type) =>
        With(new JsonObject { [envelope] = JsonSerializer.SerializeToNode(body, type) });

    static ByteArrayContent JsonBody(JsonNode body, string mediaType)
    {
        var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()));
        content.Headers.ContentType = new(mediaType);
        return content;
    }
}

/// <summary>Which microversions a call can be made with: the newest of them that the service speaks is taken.</summary>
/// <param name="Lowest">Older ones do not carry what is asked.</param>
/// <param name="Highest">Newer ones mean something else, or are not known to this library.</param>
/// <param name="Need">What needs the lowest one, for the message.</param>
internal sealed record VersionRange(Microversion Lowest, Microversion Highest, string Need)
{
    /// <summary>Exactly this one.</summary>
    public static VersionRange Exactly(Microversion version, string need) => new(version, version, need);
}
