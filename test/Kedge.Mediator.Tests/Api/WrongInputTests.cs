using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Kedge.Mediator.Tests.Api;

[Collection(nameof(Served))]
public sealed class WrongInputTests(Served served)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_sent_to_whatever_path_is_never_an_error_of_ours(int seed)
    {
        var random = new Random(seed);
        var operations = await OperationsAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 250; i++)
        {
            var (method, path) = operations[random.Next(operations.Count)];
            var body = method is "GET" or "DELETE" ? null : Body(random);
            var token = new[] { served.Admin, served.Member, served.Reader, served.Stranger }[random.Next(4)];
            // What follows a run to its end is asked for what there is.
            var asked = Filled(path, random) + (path.EndsWith("/events", StringComparison.Ordinal) ? "?follow=false" : Query(random));
            var answer = await served.SendAsync(token, method, asked, body, Header(random, "If-Match"), Header(random, "Idempotency-Key"), Header(random, "Last-Event-ID"));

            Assert.True((int)answer.Status is < 500 or 502, $"seed {seed}, {i}: {method} {asked}\n{body}\n{answer}\n{string.Join('\n', served.Logs.Of(3502))}");
            if (token == served.Stranger)
                Assert.DoesNotContain("\"dc1\"", answer.Body, StringComparison.Ordinal);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64 << 20);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_whether_it_says_so_or_not()
    {
        var large = new string(' ', 300 * 1024);

        var said = await served.SendAsync(served.Member, "PUT", "/v1/workloads/large", large, ("If-None-Match", "*"));
        using var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(large)));
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(served.Address, "/v1/workloads/large")) { Content = content };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("Authorization", $"Bearer {served.Member}");
        request.Headers.Add("If-None-Match", "*");
        using var unsaid = await Served.Http.SendAsync(request, Cancel);

        Assert.Equal("too-large", said.Code);
        Assert.Equal(413, (int)unsaid.StatusCode);
    }

    [Theory]
    [InlineData("", "malformed")]
    [InlineData("{", "malformed")]
    [InlineData("[]", "malformed")]
    [InlineData("null", "malformed")]
    [InlineData("""{"name": "x", "name": "y"}""", "malformed")]
    [InlineData("\"\\ud800\"", "malformed")]
    public async Task A_body_that_is_no_object_is_told_so(string body, string code)
    {
        var answer = await served.SendAsync(served.Member, "PUT", "/v1/workloads/none", body, ("If-None-Match", "*"));

        Assert.Equal(code, answer.Code);
    }

    [Fact]
    public async Task A_body_as_deep_as_a_well_is_refused()
    {
        var answer = await served.SendAsync(served.Member, "PUT", "/v1/workloads/deep", $$"""{"name": {{new string('[', 5000)}}{{new string(']', 5000)}} }""", ("If-None-Match", "*"));

        Assert.Equal("malformed", answer.Code);
    }

    [Fact]
    public async Task What_the_framework_refuses_is_a_problem_as_well()
    {
        var nowhere = await served.GetAsync(served.Member, "/v1/nowhere");
        var method = await served.SendAsync(served.Member, "PUT", "/v1/runs", "{}");
        var media = await served.SendAsync(served.Member, "PUT", "/v1/workloads/media", "{}", ("If-None-Match", "*"), ("Content-Type", "text/plain"));
        var noKey = await served.SendAsync(served.Member, "POST", "/v1/workloads/shop/points");

        Assert.Equal(("not-found", "method-not-allowed", "media-type"), (nowhere.Code, method.Code, media.Code));
        Assert.Equal(("invalid", "Idempotency-Key"), (noKey.Code, (string?)noKey.Json["field"]));
    }

    [Fact]
    public async Task A_caller_who_sends_his_body_a_byte_at_a_time_is_cut_off()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(served.Address.Host, served.Address.Port, Cancel);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"PUT /v1/workloads/slow HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {served.Member}\r\nIf-None-Match: *\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{"), Cancel);

        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(Cancel);

        Assert.Contains("too-slow", answer, StringComparison.Ordinal);
    }

    async Task<List<(string Method, string Path)>> OperationsAsync()
    {
        var operations = new List<(string, string)>();
        foreach (var (path, methods) in (await served.GetAsync(null, "/v1/openapi.json")).Json["paths"]!.AsObject())
            operations.AddRange(methods!.AsObject().Select(method => (method.Key.ToUpperInvariant(), path)));
        return operations;
    }

    /// <summary>No run is begun by chance of a workload that other tests look at.</summary>
    static string Filled(string path, Random random) => path
        .Replace("{workload}", Pick(random, "fuzz", "..", "a%2Fb", "%00", new string('x', 300), "ü", "theirs"), StringComparison.Ordinal)
        .Replace("{policy}", Pick(random, "fuzz", "..%2f", "gold%0a", "%F0%9F%92%A9"), StringComparison.Ordinal)
        .Replace("{point}", Pick(random, "newest", "..", "20261124T081500Z-3f2a91c0", "%2e%2e"), StringComparison.Ordinal)
        .Replace("{site}", Pick(random, "else2", "..", "nil", "%00"), StringComparison.Ordinal)
        .Replace("{run}", Pick(random, "0198a3c4d5e67f8091a2b3c4d5e6f701", "0198", "../..", "%25"), StringComparison.Ordinal);

    static string Query(Random random) => random.Next(3) switch
    {
        0 => "",
        1 => $"?limit={Pick(random, "1", "-1", "9999999999999", "%00", "1.5")}&cursor={Pick(random, "", "AAAA", "azE6c2hvcA", "%ff")}",
        _ => $"?quick={Pick(random, "true", "yes", "")}&last={Pick(random, "3", "0", "x")}&id={Pick(random, "0198", "zz", "%27")}&workload={Pick(random, "shop", "'; DROP TABLE runs; --")}",
    };

    static (string, string) Header(Random random, string name) => (name, Pick(random, "*", "\"abc\"", "\"", "W/\"abc\"", new string('k', 200), "k-1", "7"));

    static string Body(Random random) => random.Next(6) switch
    {
        0 => "",
        1 => new string((char)random.Next(32, 127), random.Next(1, 2000)),
        2 => Encoding.Latin1.GetString([.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => (byte)random.Next(256))]),
        _ => Node(random, 0)?.ToJsonString() ?? "null",
    };

    static JsonNode? Node(Random random, int depth) => random.Next(depth > 3 ? 5 : 8) switch
    {
        0 => null,
        1 => random.Next(-5, 100000),
        2 => random.NextDouble() * 1e300,
        3 => random.Next(2) == 0,
        4 => Pick(random, "fuzz", "15m", "-1s", "dc1", "else1", "else2", "\u0000", "\u2028: - &x *x", "!!binary x", "~", "1e9999", new string('y', 500)),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Node(random, depth + 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(8)).Select(_ => Pick(random, "name", "from", "to", "selection", "tag", "rpo", "servers", "server", "after", "health", "tcp", "http",
            "retention", "keepLast", "policy", "windows", "replication", "volumes", "priority", "reason", "force", "atOnce", "project", "source", "x")).Distinct()
            .Select(name => KeyValuePair.Create(name, Node(random, depth + 1)))),
    };

    static string Pick(Random random, params string[] among) => among[random.Next(among.Length)];
}
