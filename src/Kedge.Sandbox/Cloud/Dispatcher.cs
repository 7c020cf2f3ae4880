using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Bytes;
using Kedge.Sandbox.Faults;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Cloud;

/// <summary>
/// The way of one call through a cloud: numbered, perhaps spoiled by a fault, delayed, read, then answered under the lock.
/// </summary>
sealed class Dispatcher(CloudState cloud, CallLog log, Lock gate, TimeProvider clock)
{
    /// <summary>Nova refuses larger bodies too (oslo.middleware max_request_body_size).</summary>
    const int MaxBodyBytes = 2 * 1024 * 1024;

    readonly CallsUnderway underway = new();

    public async Task<SandboxResponse> AnswerAsync(SandboxRequest request, Func<bool> isAlive, CancellationToken cancel)
    {
        var (service, path) = Locate(request.Url);
        var noted = log.Begin(service?.Type ?? "", request.Method, path, request.Url.Query);
        var fate = cloud.Faults.Decide(noted);
        if (fate is FaultAction.LosePowerBefore)
            throw cloud.Faults.CutPower(noted, "before");
        if (fate is FaultAction.LosePowerUnderway)
        {
            await underway.KeepAsync(request, cancel);
            throw cloud.Faults.CutPower(noted, "during");
        }
        await WaitAsync(fate, cancel);
        if (fate is FaultAction.LoseRequest || !isAlive())
            throw Broken("Connection reset by peer", SocketError.ConnectionReset);

        var response = service is null
            ? SandboxResponse.Json(200, Versions.OfCloud(request, cloud.Apis))
            : fate is FaultAction.Refuse refuse ? Refuse(service, refuse)
            : await ServeInTurnAsync(request, service, path, cancel);
        response.Headers["x-openstack-request-id"] = noted.RequestId;
        if (service?.Type == "compute")
            response.Headers["x-compute-request-id"] = noted.RequestId;

        if (fate is FaultAction.LosePowerAfter)
            throw cloud.Faults.CutPower(noted, "after");
        if (fate is FaultAction.LoseAnswer)
            throw Broken("The response ended prematurely", SocketError.ConnectionReset);
        return response;
    }

    /// <summary>For those who build a world: not logged, never spoiled, done at once.</summary>
    public async Task<SandboxResponse> AnswerBackstageAsync(SandboxRequest request, CancellationToken cancel)
    {
        var (service, path) = Locate(request.Url);
        return await ServeAsync(request, service ?? throw new ArgumentException($"No service at {request.Url}.", nameof(request)), path,
            true, cancel);
    }

    public static HttpRequestException Broken(string message, SocketError error) => new(
        error == SocketError.ConnectionRefused ? HttpRequestError.ConnectionError : HttpRequestError.ResponseEnded,
        message,
        new SocketException((int)error));

    (Api? Api, string Path) Locate(Uri url)
    {
        var parts = url.AbsolutePath.TrimStart('/').Split('/', 2);
        var service = cloud.Apis.FirstOrDefault(s => s.Prefix == parts[0]);
        var path = parts.Length > 1 ? "/" + parts[1].TrimEnd('/') : "/";
        var version = "/" + service?.VersionPart;
        if (service is null || !path.StartsWith(version + "/", StringComparison.Ordinal))
            return (service, path == version ? version : path == "/" ? "/" : service is null ? path : "/!" + path);
        path = path[version.Length..];
        return (service, service.HasProjectInPath ? WithoutProject(path) : path);
    }

    /// <summary>Cinder and Heat take the project's id in the path; that it is the token's own project is checked by nobody but clients.</summary>
    static string WithoutProject(string path)
    {
        var parts = path.Split('/', 3);
        var isProject = parts[1].Length == 32 && parts[1].All(char.IsAsciiHexDigitLower);
        return isProject ? "/" + (parts.Length > 2 ? parts[2] : "") : path;
    }

    async Task WaitAsync(FaultAction fate, CancellationToken cancel)
    {
        var wait = cloud.Settings.Latencies.ApiCall + (fate is FaultAction.Delay delay ? delay.By : TimeSpan.Zero);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, clock, cancel);
    }

    static SandboxResponse Refuse(Api service, FaultAction.Refuse refuse) =>
        Refusal(service, new ApiFault(refuse.Status, refuse.Message, Refusals.Reason(refuse.Status)) { RetryAfter = refuse.RetryAfter });

    static SandboxResponse Refusal(Api service, ApiFault fault)
    {
        var response = service.Refusal(fault);
        if (fault.RetryAfter is { } after)
            response.Headers["Retry-After"] = Math.Ceiling(after.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (fault.Status == 401)
            response.Headers["WWW-Authenticate"] = "Keystone uri=\"/identity\"";
        return response;
    }

    async Task<SandboxResponse> ServeInTurnAsync(SandboxRequest request, Api service, string path, CancellationToken cancel)
    {
        (request, var late) = await underway.MeetAsync(request, cancel);
        if (late is not null)
            await ServeAsync(late, service, path, false, cancel);
        return await ServeAsync(request, service, path, false, cancel);
    }

    async Task<SandboxResponse> ServeAsync(SandboxRequest request, Api service, string path, bool isInstant, CancellationToken cancel)
    {
        try
        {
            if (path == "/" || path == "/" + service.VersionPart)
                return Versions.Of(request, service, path);
            var call = new Call(request, cloud, service, new Query(request.Url.Query), path);
            await ReadBodyAsync(call, cancel);
            lock (gate)
            {
                cloud.IsInstant = isInstant;
                cloud.Advance();
                return Answer(call, service);
            }
        }
        catch (ApiFault fault)
        {
            return Refusal(service, fault);
        }
    }

    SandboxResponse Answer(Call call, Api service)
    {
        var (route, parameters) = service.Routes.Find(call.Request.Method, call.Path);
        call.Parameters = parameters;
        if (route.Access != Access.Anyone)
            call.MaybeToken = cloud.Keystone.Authenticate(call.Request.Header("X-Auth-Token"));
        if (route.Access == Access.Admin)
            call.NeedAdmin(route.Name);
        call.Version = service.Microversions?.Of(call.Request) ?? 0;
        var response = route.Answer(call);
        service.Microversions?.Mark(response, call.Version);
        return response;
    }

    static async Task ReadBodyAsync(Call call, CancellationToken cancel)
    {
        if (call.Request.Method is "GET" or "HEAD" or "DELETE")
            return;
        if (call.Request.Header("Content-Type")?.StartsWith("application/octet-stream", StringComparison.Ordinal) == true)
            call.Upload = await ReadUploadAsync(call.Request.Body, cancel);
        else
            call.Json = await ReadJsonAsync(call.Request.Body, cancel);
    }

    static async Task<SparseBytes> ReadUploadAsync(Stream body, CancellationToken cancel)
    {
        var upload = new SparseBytes(0);
        var buffer = new byte[SparseBytes.ChunkBytes];
        while (await body.ReadAsync(buffer, cancel) is > 0 and var count)
            upload.Append(buffer.AsSpan(0, count));
        return upload;
    }

    static async Task<JsonNode?> ReadJsonAsync(Stream body, CancellationToken cancel)
    {
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await body.ReadAsync(buffer, cancel) is > 0 and var count)
        {
            text.Write(buffer, 0, count);
            if (text.Length > MaxBodyBytes)
                throw new ApiFault(413, "Request is too large.", "RequestTooLarge");
        }
        if (text.Length == 0)
            return null;
        try
        {
            return JsonNode.Parse(text.GetBuffer().AsSpan(0, (int)text.Length));
        }
        catch (JsonException)
        {
            throw ApiFault.Bad("Malformed request body");
        }
    }
}
