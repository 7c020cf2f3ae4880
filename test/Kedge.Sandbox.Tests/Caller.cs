using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Kedge.Sandbox.Tests;

/// <summary>An answer: its status, its body if that was JSON, and its headers.</summary>
sealed record Answered(int Status, JsonNode? Json, HttpResponseMessage Message)
{
    public JsonNode this[string key] => Json?[key] ?? throw new InvalidOperationException($"{Status} without {key}: {Json?.ToJsonString()}");

    public string Id(string key) => this[key]["id"]!.GetValue<string>();
}

/// <summary>A user of a sandbox cloud who speaks plain HTTP.</summary>
sealed class Caller : IDisposable
{
    readonly HttpClient http;
    readonly Uri baseUrl;
    string token = "";

    Caller(HttpClient http, Uri baseUrl)
    {
        this.http = http;
        this.baseUrl = baseUrl;
    }

    /// <summary>Header OpenStack-API-Version.</summary>
    public string Versions { get; set; } = "compute 2.90, volume 3.64";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Caller> LoginAsync(SandboxCloud cloud, string user = "demo", string? project = null,
        HttpMessageHandler? handler = null)
    {
        var caller = new Caller(new HttpClient(handler ?? cloud.CreateHandler()), cloud.BaseUrl);
        await caller.LoginAsync(user, cloud.Settings.Password, project ?? user);
        return caller;
    }

    public static Caller Stranger(SandboxCloud cloud) => new(new HttpClient(cloud.CreateHandler()), cloud.BaseUrl);

    public async Task<Answered> LoginAsync(string user, string password, string project)
    {
        var answer = await SendAsync(HttpMethod.Post, "/identity/v3/auth/tokens", new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("password"),
                    ["password"] = new JsonObject
                    {
                        ["user"] = new JsonObject { ["name"] = user, ["domain"] = new JsonObject { ["id"] = "default" },
                            ["password"] = password },
                    },
                },
                ["scope"] = new JsonObject
                {
                    ["project"] = new JsonObject { ["name"] = project, ["domain"] = new JsonObject { ["id"] = "default" } },
                },
            },
        });
        if (answer.Status == 201)
            token = answer.Message.Headers.GetValues("X-Subject-Token").Single();
        return answer;
    }

    public Task<Answered> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answered> PostAsync(string path, JsonNode? body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answered> PutAsync(string path, JsonNode? body) => SendAsync(HttpMethod.Put, path, body);

    public Task<Answered> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public async Task<int> UploadAsync(string path, byte[] bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(baseUrl, path)) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Headers.Add("X-Auth-Token", token);
        using var answer = await http.SendAsync(request, Cancel);
        return (int)answer.StatusCode;
    }

    public async Task<byte[]> DownloadAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(baseUrl, path));
        request.Headers.Add("X-Auth-Token", token);
        using var answer = await http.SendAsync(request, Cancel);
        return await answer.Content.ReadAsByteArrayAsync(Cancel);
    }

    public async Task<Answered> SendAsync(HttpMethod method, string path, JsonNode? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(baseUrl, path));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        if (token.Length > 0)
            request.Headers.Add("X-Auth-Token", token);
        request.Headers.Add("OpenStack-API-Version", Versions);
        var answer = await http.SendAsync(request, Cancel);
        var isJson = answer.Content.Headers.ContentType?.MediaType == "application/json";
        return new((int)answer.StatusCode, isJson ? JsonNode.Parse(await answer.Content.ReadAsByteArrayAsync(Cancel)) : null, answer);
    }

    public void Dispose() => http.Dispose();

    public static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
