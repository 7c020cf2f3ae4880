using System.Text;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Workloads;

/// <summary>Builds through a cloud's own API as the user <c>demo</c>, but at once, unlogged, and out of reach of every fault.</summary>
sealed class Backstage
{
    const string NovaVersion = "2.90";
    const string CinderVersion = "3.64";

    readonly SandboxCloud cloud;
    string token = "";

    Backstage(SandboxCloud cloud) => this.cloud = cloud;

    public static async Task<Backstage> EnterAsync(SandboxCloud cloud, CancellationToken cancel)
    {
        var backstage = new Backstage(cloud);
        var domain = new JsonObject { ["id"] = "default" };
        var auth = new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("password"),
                    ["password"] = new JsonObject
                    {
                        ["user"] = new JsonObject { ["name"] = "demo", ["domain"] = domain, ["password"] = cloud.Settings.Password },
                    },
                },
                ["scope"] = new JsonObject { ["project"] = new JsonObject { ["name"] = "demo", ["domain"] = domain.DeepClone() } },
            },
        };
        var answer = await backstage.SendAsync("POST", "/identity/v3/auth/tokens", Encoding.UTF8.GetBytes(auth.ToJsonString()),
            "application/json", cancel);
        backstage.token = answer.Headers["X-Subject-Token"];
        return backstage;
    }

    /// <summary>Posts an object under its key, and returns the object under the same key of the answer.</summary>
    public async Task<JsonObject> MakeAsync(string path, string key, JsonObject body, CancellationToken cancel) =>
        (await CallAsync("POST", path, new JsonObject { [key] = body }, cancel)).Object(key)!;

    /// <summary>Makes one and returns its id.</summary>
    public async Task<string> IdOfAsync(string path, string key, JsonObject body, CancellationToken cancel) =>
        (await MakeAsync(path, key, body, cancel)).RequiredText("id");

    public async Task<JsonObject> CallAsync(string method, string path, JsonObject? body, CancellationToken cancel)
    {
        var answer = await SendAsync(method, path, body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString()), "application/json",
            cancel);
        return answer.Bytes.Length > 0 ? JsonNode.Parse(answer.Bytes) as JsonObject ?? [] : [];
    }

    public Task UploadAsync(string path, byte[] bytes, CancellationToken cancel) =>
        SendAsync("PUT", path, bytes, "application/octet-stream", cancel);

    async Task<SandboxResponse> SendAsync(string method, string path, byte[] body, string contentType, CancellationToken cancel)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Content-Type"] = contentType,
            ["X-Auth-Token"] = token,
            ["OpenStack-API-Version"] = $"compute {NovaVersion}, volume {CinderVersion}",
        };
        using var stream = new MemoryStream(body);
        var answer = await cloud.HandleBackstageAsync(new(method, new Uri(cloud.BaseUrl, path), headers, stream), cancel);
        return answer.Status < 300
            ? answer
            : throw new InvalidOperationException($"{method} {path} at {cloud.Settings.Name}: {answer.Status} {Encoding.UTF8.GetString(answer.Bytes)}");
    }
}
