using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Kedge.OpenStack.Tests.Wire;

/// <summary>A request as it came over the wire.</summary>
sealed record Sent(string Method, string Path, string Query, string? Token, string? Microversion, string Body);

/// <summary>
/// A cloud that answers as a test says, path by path, and remembers what it was asked. Keystone answers by itself, with a catalog, until a
/// test says otherwise.
/// </summary>
sealed class ScriptedCloud(TimeProvider clock) : HttpMessageHandler
{
    readonly ConcurrentDictionary<string, Func<Sent, HttpResponseMessage>> answers = new();
    int tokens;

    public ConcurrentQueue<Sent> Asked { get; } = new();

    public ConcurrentQueue<string> Addresses { get; } = new();

    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Called for every request, before it is answered.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    public int TokensGiven => tokens;

    public IEnumerable<Sent> AskedOf(string path) => Asked.Where(sent => sent.Path == path);

    /// <summary>One answer after another; the last one again and again.</summary>
    public void On(string method, string path, params Func<HttpResponseMessage>[] script)
    {
        var next = 0;
        answers[$"{method} {path}"] = _ => script[Math.Min(next++, script.Length - 1)]();
    }

    public void On(string method, string path, Func<Sent, HttpResponseMessage> answer) => answers[$"{method} {path}"] = answer;

    public Cloud Connect(Func<CloudSettings, CloudSettings>? change = null)
    {
        var settings = new CloudSettings
        {
            Name = "test",
            AuthUrl = new Uri("http://cloud/identity/v3"),
            Credential = new Credential.Password(new UserReference(null, "ann", null, "Default"), "s3cret-word"),
            Scope = new CloudScope.Project(null, "shop", null, "Default"),
            RegionName = "one",
            Limits = new CallLimits { FirstWait = TimeSpan.FromMilliseconds(2), LongestWait = TimeSpan.FromMilliseconds(50), Seed = 1 },
        };
        return Cloud.Connect(change is null ? settings : change(settings), this, clock);
    }

    public static HttpResponseMessage Json(string json, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json"), Headers = { { "x-openstack-request-id", "req-1" } } };

    public static HttpResponseMessage Refusal(HttpStatusCode status, string body = """{"error": {"message": "no"}}""") => Json(body, status);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var sent = new Sent(
            request.Method.Method,
            request.RequestUri!.AbsolutePath,
            request.RequestUri.Query,
            request.Headers.TryGetValues("X-Auth-Token", out var token) ? token.Single() : null,
            request.Headers.TryGetValues("OpenStack-API-Version", out var version) ? version.Single() : null,
            body);
        Asked.Enqueue(sent);
        Addresses.Enqueue(request.RequestUri.GetLeftPart(UriPartial.Path));
        await Before(cancellationToken);
        if (answers.TryGetValue($"{sent.Method} {sent.Path}", out var answer))
            return answer(sent);
        return (sent.Method, sent.Path) switch
        {
            ("POST", "/identity/v3/auth/tokens") => Token(),
            ("GET", "/compute/v2.1/") or ("GET", "/compute/v2.1") => Json("""{"version": {"id": "v2.1", "version": "2.93", "min_version": "2.1"}}"""),
            ("GET", "/volume/v3/") or ("GET", "/volume/v3") => Json("""{"versions": [{"id": "v3.0", "version": "3.70", "min_version": "3.0"}]}"""),
            _ => Refusal(HttpStatusCode.NotFound),
        };
    }

    public HttpResponseMessage Token()
    {
        var now = clock.GetUtcNow();
        JsonObject Service(string type, string url) => new()
        {
            ["type"] = type, ["name"] = type,
            ["endpoints"] = new JsonArray(
                new JsonObject { ["interface"] = "internal", ["region"] = "one", ["region_id"] = "one", ["url"] = url.Replace("cloud", "inside", StringComparison.Ordinal) },
                new JsonObject { ["interface"] = "public", ["region"] = "two", ["region_id"] = "two", ["url"] = url.Replace("cloud", "elsewhere", StringComparison.Ordinal) },
                new JsonObject { ["interface"] = "public", ["region"] = "one", ["region_id"] = "one", ["url"] = url }),
        };
        var response = Json(new JsonObject
        {
            ["token"] = new JsonObject
            {
                ["issued_at"] = now.ToString("O"), ["expires_at"] = (now + TokenLifetime).ToString("O"),
                ["user"] = new JsonObject { ["id"] = "user-1", ["name"] = "ann", ["domain"] = new JsonObject { ["id"] = "default", ["name"] = "Default" } },
                ["project"] = new JsonObject { ["id"] = "project-1", ["name"] = "shop", ["domain"] = new JsonObject { ["id"] = "default", ["name"] = "Default" } },
                ["roles"] = new JsonArray(new JsonObject { ["id"] = "r1", ["name"] = "member" }),
                ["methods"] = new JsonArray("password"),
                ["catalog"] = new JsonArray(
                    Service("compute", "http://cloud/compute/v2.1"), Service("network", "http://cloud/network"),
                    Service("volumev3", "http://cloud/volume/v3/project-1"), Service("image", "http://cloud/image")),
            },
        }.ToJsonString(), HttpStatusCode.Created);
        response.Headers.Add("X-Subject-Token", $"token-{Interlocked.Increment(ref tokens)}");
        return response;
    }
}
