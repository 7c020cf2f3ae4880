using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kedge.Blocks.Stores;

/// <summary>A token of Keystone or TempAuth with the address of our account; fetched when it is needed, and anew when it is refused.</summary>
sealed class SwiftSession(SwiftSettings settings, HttpClient http) : IDisposable
{
    readonly SemaphoreSlim gate = new(1, 1);
    Entered? current;

    /// <summary>Sends a request below the account; a refused token is renewed once.</summary>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, string path, CancellationToken cancel)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var session = await EnterAsync(cancel);
            using var request = make();
            request.RequestUri = new Uri(session.Account + path);
            request.Headers.Add("X-Auth-Token", session.Token);
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (answer.StatusCode != HttpStatusCode.Unauthorized || !isFirst) return answer;
            answer.Dispose();
            Interlocked.CompareExchange(ref current, null, session);
        }
    }

    public void Dispose() => gate.Dispose();

    async Task<Entered> EnterAsync(CancellationToken cancel)
    {
        if (Volatile.Read(ref current) is { } known) return known;
        await gate.WaitAsync(cancel);
        try
        {
            return current ??= settings.Login == SwiftLogin.TempAuth ? await TempAuthAsync(cancel) : await KeystoneAsync(cancel);
        }
        finally
        {
            gate.Release();
        }
    }

    async Task<Entered> TempAuthAsync(CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, settings.AuthUrl);
        request.Headers.Add("X-Auth-User", settings.User);
        request.Headers.Add("X-Auth-Key", settings.Password);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        Demand(answer);
        return new Entered(Header(answer, "X-Auth-Token"), Header(answer, "X-Storage-Url").TrimEnd('/'));
    }

    async Task<Entered> KeystoneAsync(CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.AuthUrl.ToString().TrimEnd('/') + "/auth/tokens"))
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(Question())) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        Demand(answer);
        using var catalog = await StoreAnswer.JsonAsync(answer, cancel);
        return new Entered(Header(answer, "X-Subject-Token"), FindAccount(catalog.RootElement) ?? throw new RepositoryException(RepositoryFault.Refused, $"Keystone at {settings.AuthUrl} has no object-store with a public endpoint{(settings.Region is null ? "" : $" in the region {settings.Region}")}."));
    }

    JsonObject Question()
    {
        JsonObject Domain(string name) => new() { ["name"] = name };
        if (settings.Login == SwiftLogin.ApplicationCredential)
        {
            return new() { ["auth"] = new JsonObject { ["identity"] = new JsonObject { ["methods"] = new JsonArray("application_credential"), ["application_credential"] = new JsonObject { ["id"] = settings.User, ["secret"] = settings.Password } } } };
        }
        return new()
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("password"),
                    ["password"] = new JsonObject { ["user"] = new JsonObject { ["name"] = settings.User, ["domain"] = Domain(settings.UserDomain), ["password"] = settings.Password } },
                },
                ["scope"] = new JsonObject { ["project"] = new JsonObject { ["name"] = settings.Project, ["domain"] = Domain(settings.ProjectDomain) } },
            },
        };
    }

    string? FindAccount(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("token", out var token)) return null;
        foreach (var service in Items(token, "catalog"))
        {
            if (Text(service, "type") != "object-store") continue;
            foreach (var endpoint in Items(service, "endpoints"))
            {
                if (Text(endpoint, "interface") == "public" && (settings.Region is null || Text(endpoint, "region_id") == settings.Region)) return Text(endpoint, "url")?.TrimEnd('/');
            }
        }
        return null;
    }

    static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;

    static string? Text(JsonElement parent, string name) => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.First() : throw new HttpRequestException($"the login answered without {name}", null, HttpStatusCode.BadGateway);

    static void Demand(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException($"the login answered {(int)answer.StatusCode}", null, answer.StatusCode);
    }

    sealed class Entered(string token, string account)
    {
        public string Token { get; } = token;

        public string Account { get; } = account;
    }
}
