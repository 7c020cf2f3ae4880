using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Cloud;

/// <summary>
/// Requests that had left a machine before it lost its power. Each arrives at the worst moment there is: when its sender's successor, which
/// looked and did not find its effect, has asked for the same, and just before that.
/// </summary>
sealed class CallsUnderway
{
    readonly Lock gate = new();
    readonly List<(SandboxRequest Request, byte[] Body)> kept = [];

    public async Task KeepAsync(SandboxRequest request, CancellationToken cancel)
    {
        var body = await ReadAsync(request, cancel);
        lock (gate)
            kept.Add((request, body));
    }

    /// <summary>The request as it can still be read, and the one that overtook it, if there is one.</summary>
    public async Task<(SandboxRequest Request, SandboxRequest? Late)> MeetAsync(SandboxRequest request, CancellationToken cancel)
    {
        lock (gate)
            if (!kept.Any(late => IsSameRoute(late.Request, request)))
                return (request, null);

        var body = await ReadAsync(request, cancel);
        lock (gate)
        {
            var found = kept.FindIndex(late => IsSameRoute(late.Request, request) && late.Body.AsSpan().SequenceEqual(body));
            if (found < 0)
                return (With(request, body), null);
            var late = kept[found];
            kept.RemoveAt(found);
            return (With(request, body), With(late.Request, late.Body));
        }
    }

    static bool IsSameRoute(SandboxRequest one, SandboxRequest other) => one.Method == other.Method && one.Url == other.Url;

    static SandboxRequest With(SandboxRequest request, byte[] body) => request with { Body = new MemoryStream(body, writable: false) };

    static async Task<byte[]> ReadAsync(SandboxRequest request, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancel);
        return body.ToArray();
    }
}
