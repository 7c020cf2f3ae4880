using System.Text;
using System.Text.Json.Nodes;

namespace Kedge.HaLab.Tests;

/// <summary>One request that a user made: when, until when, and whether it was answered with the list of servers.</summary>
sealed record Attempt(DateTimeOffset Begun, DateTimeOffset Ended, bool Answered, string Detail);

/// <summary>
/// A user who reads <c>GET /servers</c> through the virtual IP ten times a second, on a new connection each time as the OpenStack client does,
/// and does not wait for one answer before asking again.
/// </summary>
sealed class Client : IAsyncDisposable
{
    const string VirtualIp = "10.77.3.100";
    static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);

    /// <summary>Longer than an answer takes on a busy machine, shorter than a person would wait.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, UseProxy = false, ConnectTimeout = Limit }) { Timeout = Limit };
    readonly CancellationTokenSource stop = new();
    readonly Lock gate = new();
    readonly List<Attempt> attempts = [];
    readonly string token;
    readonly Task loop;

    Client(string token)
    {
        this.token = token;
        loop = AskForeverAsync();
    }

    public static async Task<Client> StartAsync() => new(await TokenAsync());

    public IReadOnlyList<Attempt> Attempts
    {
        get
        {
            lock (gate)
                return [.. attempts.OrderBy(attempt => attempt.Begun)];
        }
    }

    /// <summary>The last so many that have ended were all answered.</summary>
    public bool IsContent(DateTimeOffset since, int lately) => Attempts.Where(attempt => attempt.Begun >= since).TakeLast(lately).ToArray() is var last
        && last.Length == lately && last.All(attempt => attempt.Answered);

    /// <summary>A new token: Keystone too answers at the virtual IP.</summary>
    public static async Task<string> TokenAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
        var password = new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("password"),
                    ["password"] = new JsonObject
                    {
                        ["user"] = new JsonObject { ["name"] = "admin", ["password"] = "kedge-lab", ["domain"] = new JsonObject { ["name"] = "Default" } },
                    },
                },
                ["scope"] = new JsonObject { ["project"] = new JsonObject { ["name"] = "demo", ["domain"] = new JsonObject { ["name"] = "Default" } } },
            },
        };
        // With its length: Keystone's server does not take chunks.
        using var body = new StringContent(password.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri($"http://{VirtualIp}:5000/v3/auth/tokens"), body);
        answer.EnsureSuccessStatusCode();
        return answer.Headers.GetValues("X-Subject-Token").Single();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Dispose();
        stop.Dispose();
    }

    async Task AskForeverAsync()
    {
        using var timer = new PeriodicTimer(Every, TimeProvider.System);
        // Bounded by their limit: no more than thirty are under way.
        var underWay = new List<Task>();
        while (await timer.WaitForNextTickAsync(stop.Token))
        {
            underWay.RemoveAll(task => task.IsCompleted);
            underWay.Add(AskAsync());
        }
    }

    async Task AskAsync()
    {
        var begun = TimeProvider.System.GetUtcNow();
        var (answered, detail) = await AnswerAsync();
        lock (gate)
            attempts.Add(new(begun, TimeProvider.System.GetUtcNow(), answered, detail));
    }

    async Task<(bool Answered, string Detail)> AnswerAsync()
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{VirtualIp}:8774/v2.1/servers");
            request.Headers.Add("X-Auth-Token", token);
            request.Headers.ConnectionClose = true;
            using var answer = await http.SendAsync(request, stop.Token);
            return (answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return (false, e.InnerException?.Message ?? e.Message);
        }
    }
}
