using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Kedge.OpenStack;
using Kedge.OpenStack.Identity;

namespace Kedge.Mediator.Api.Access;

/// <summary>
/// Tokens of users, judged by the configured Keystone: each is asked about itself, so that no service user is needed. What it said is
/// believed for a short while.
/// </summary>
/// <param name="connect">To that Keystone, as the bearer of a token.</param>
sealed class KeystoneTokens(Func<string, Cloud> connect, TimeProvider clock) : IDisposable
{
    static readonly TimeSpan Believed = TimeSpan.FromMinutes(1);

    /// <summary>A wrong one is asked about again sooner, but not at every request.</summary>
    static readonly TimeSpan Refused = TimeSpan.FromSeconds(5);

    /// <summary>As long as a Fernet token with a full catalogue of scopes may be.</summary>
    const int LongestToken = 4096;
    const int MostKnown = 10_000;
    const int AskedAtOnce = 16;

    readonly Lock gate = new();
    readonly SemaphoreSlim asking = new(AskedAtOnce);
    readonly Dictionary<string, (Caller? Caller, DateTimeOffset Until)> known = new(StringComparer.Ordinal);

    /// <summary>Null: Keystone does not know it, or its role is none of ours.</summary>
    /// <exception cref="OpenStackException">Keystone does not answer.</exception>
    public async Task<Caller?> FindAsync(string presented, CancellationToken cancel)
    {
        if (presented.Length > LongestToken || presented.Any(c => c is <= ' ' or > '~'))
            return null;
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(presented)));
        lock (gate)
        {
            if (known.TryGetValue(key, out var found) && found.Until > clock.GetUtcNow())
                return found.Caller;
        }
        await asking.WaitAsync(cancel);
        try
        {
            var (caller, until) = await AskAsync(presented, cancel);
            Keep(key, caller, until);
            return caller;
        }
        finally
        {
            asking.Release();
        }
    }

    public void Dispose() => asking.Dispose();

    async Task<(Caller? Caller, DateTimeOffset Until)> AskAsync(string presented, CancellationToken cancel)
    {
        await using var cloud = connect(presented);
        try
        {
            var token = await cloud.AuthenticateAsync(cancel);
            var now = clock.GetUtcNow();
            // Its lifetime by the cloud's clock is not ours to compare with; what was good when it was asked about is good for a minute.
            return (CallerOf(token), now + Believed);
        }
        catch (OpenStackException e) when (e.Fault is Fault.Unauthorized or Fault.NotFound or Fault.Forbidden)
        {
            return (null, clock.GetUtcNow() + Refused);
        }
    }

    /// <summary>Keystone's own three roles mean here what they mean there: who is an admin of a project is one of the cloud.</summary>
    internal static Caller? CallerOf(TokenDetails token)
    {
        var roles = token.Roles.Select(role => role.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Role? role = roles.Contains("admin") ? Role.Admin : roles.Contains("member") ? Role.Member : roles.Contains("reader") ? Role.Reader : null;
        if (role is not { } known || token.Project is not { } project)
            return null;
        return new Caller($"user:{token.User.Id}:{project.Id}", $"user {token.User.Name} of {project.Name}", known, known is Role.Admin ? null : ImmutableHashSet.Create(StringComparer.Ordinal, project.Id.Value));
    }

    void Keep(string key, Caller? caller, DateTimeOffset until)
    {
        lock (gate)
        {
            if (known.Count >= MostKnown)
            {
                var now = clock.GetUtcNow();
                foreach (var old in known.Where(each => each.Value.Until <= now).Select(each => each.Key).ToList())
                    known.Remove(old);
                // All of them fresh: somebody tries tokens out. What is forgotten is asked about again.
                if (known.Count >= MostKnown)
                    known.Clear();
            }
            known[key] = (caller, until);
        }
    }
}
