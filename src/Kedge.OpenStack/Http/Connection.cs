using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Kedge.OpenStack.Http;

/// <summary>What all calls to one cloud share, whatever project they are for: transport, clock, bounds, chance, and what must not be printed.</summary>
internal sealed class Connection(CloudSettings settings, HttpMessageHandler transport, TimeProvider clock, bool ownsTransport) : IDisposable
{
    const int ShortestSecret = 4;

    readonly ConcurrentDictionary<string, SemaphoreSlim> slots = new();
    readonly Random random = new(settings.Limits.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue));
    readonly Lock randomLock = new();

    public CloudSettings Settings => settings;

    public CallLimits Limits => settings.Limits;

    public HttpMessageHandler Transport => transport;

    public TimeProvider Clock => clock;

    /// <summary>The slots for calls to one service: projects of one cloud share them, as they share the service.</summary>
    public SemaphoreSlim SlotsOf(ServiceKind kind) => slots.GetOrAdd(kind.Type, _ => new(settings.Limits.CallsAtOnce));

    /// <summary>A number between 0 and 1.</summary>
    public double Chance()
    {
        lock (randomLock)
            return random.NextDouble();
    }

    /// <summary>Takes out what must not be printed: clouds echo what they refuse.</summary>
    public string Redact(string text, string? token)
    {
        foreach (var secret in settings.Credential.Secrets.Append(token ?? ""))
        {
            if (secret.Length >= ShortestSecret)
                text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return text;
    }

    public void Dispose()
    {
        foreach (var slot in slots.Values)
            slot.Dispose();
        if (ownsTransport)
            transport.Dispose();
    }
}
