using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Kedge.OpenStack.Tests.World;

/// <summary>A cloud at the wire: answers what the test wrote down, remembers what it was asked. Keystone and the version documents work by themselves.</summary>
sealed class ScriptedCloud : HttpMessageHandler
{
    readonly ConcurrentDictionary<string, ConcurrentQueue<Answer>> script = new();
    readonly ConcurrentQueue<Asked> asked = new();
    int tokens;

    public delegate Task<HttpResponseMessage> Answer(Asked call, CancellationToken cancel);

    public string NewestNova { get; set; } = "2.96";

    public string NewestCinder { get; set; } = "3.70";

    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(1);

    public IReadOnlyList<Asked> Calls => [.. asked];

    public IReadOnlyList<Asked> CallsTo(string call) => [.. asked.Where(one => one.Call == call)];

    /// <summary>A connection with few, quick attempts; what differs is given.</summary>
    public static CloudSettings Settings => new()
    {
        Name = "test",
        AuthUrl = new("http://keystone.test/v3"),
        Credential = new Credential.Password(new(null, "ann", null, "Default"), "the-password"),
        Scope = new CloudScope.Project(null, "web", null, "Default"),
        RegionName = "R1",
        Limits = new() { Seed = 1 },
    };

    public Cloud Connect(TimeProvider clock) => Cloud.Connect(Settings, this, clock);

    /// <summary>Adds an answer to a call such as <c>GET nova/v2.1/servers/1</c>; the last one is given again and again.</summary>
    public ScriptedCloud On(string call, Answer answer)
    {
        script.GetOrAdd(call, _ => new()).Enqueue(answer);
        return this;
    }

    public ScriptedCloud On(string call, int status, string body = "", params (string Name, string Value)[] headers) =>
        On(call, (_, _) => Task.FromResult(Response(status, body, headers)));

    public static HttpResponseMessage Response(int status, string body = "", params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri!;
        var call = $"{request.Method} {address.Host.Split('.')[0]}{address.PathAndQuery}";
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var one = new Asked(call, body, request.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase));
        asked.Enqueue(one);
        if (!script.TryGetValue(call, out var answers))
            return await OwnAnswerAsync(one, cancellationToken) ?? Response(404, """{"itemNotFound": {"message": "Not in the script.", "code": 404}}""");
        var answer = answers.Count > 1 && answers.TryDequeue(out var next) ? next : answers.TryPeek(out var last) ? last : throw new InvalidOperationException();
        var response = await answer(one, cancellationToken);
        response.RequestMessage = request;
        return response;
    }

    async Task<HttpResponseMessage?> OwnAnswerAsync(Asked call, CancellationToken cancel)
    {
        await Task.Yield();
        cancel.ThrowIfCancellationRequested();
        return call.Call switch
        {
            "POST keystone/v3/auth/tokens" => Response(201, TokenBody(TokenLifetime), ("X-Subject-Token", $"token-{Interlocked.Increment(ref tokens)}")),
            "GET nova/v2.1/" => Response(200, $$$"""{"version": {"id": "v2.1", "version": "{{{NewestNova}}}", "min_version": "2.1"}}"""),
            "GET cinder/v3/" => Response(300, $$"""{"versions": [{"id": "v3.0", "version": "{{NewestCinder}}", "min_version": "3.0"}]}"""),
            _ => null,
        };
    }

    /// <summary>A token issued by a clock that is a year behind: only its lifetime counts.</summary>
    public static string TokenBody(TimeSpan lifetime)
    {
        var issued = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return $$$"""
            {"token": {
              "issued_at": "{{{issued:yyyy-MM-dd'T'HH:mm:ss}}}.000000Z", "expires_at": "{{{issued + lifetime:yyyy-MM-dd'T'HH:mm:ss}}}.000000Z", "methods": ["password"],
              "user": {"id": "u1", "name": "ann", "domain": {"id": "default", "name": "Default"}},
              "project": {"id": "p1", "name": "web", "domain": {"id": "default", "name": "Default"}},
              "roles": [{"id": "r1", "name": "member"}],
              "catalog": [
                {"type": "compute", "name": "nova", "endpoints": [
                  {"interface": "internal", "region_id": "R1", "url": "http://inside.test/v2.1"},
                  {"interface": "public", "region_id": "R2", "url": "http://elsewhere.test/v2.1"},
                  {"interface": "public", "region_id": "R1", "url": "http://nova.test/v2.1"}]},
                {"type": "network", "endpoints": [{"interface": "public", "region_id": "R1", "url": "http://neutron.test/"}]},
                {"type": "volumev3", "endpoints": [{"interface": "public", "region_id": "R1", "url": "http://cinder.test/v3/p1"}]},
                {"type": "image", "endpoints": [{"interface": "public", "region_id": "R1", "url": "http://glance.test"}]}]}}
            """;
    }
}

/// <summary>One call that arrived.</summary>
/// <param name="Call">Method, service and path.</param>
/// <param name="Body">What came with it.</param>
/// <param name="Headers">Its headers.</param>
sealed record Asked(string Call, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public string? Token => Headers.GetValueOrDefault("X-Auth-Token");

    public string? Version => Headers.GetValueOrDefault("OpenStack-API-Version");
}
