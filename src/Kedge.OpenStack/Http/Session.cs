using System.Text.Json;
using Kedge.OpenStack.Identity;

namespace Kedge.OpenStack.Http;

/// <summary>
/// The token of one user in one scope: fetched when first needed, renewed before it expires, and again when the cloud refuses it early.
/// While Keystone is away a token that is still good is used on.
/// </summary>
internal sealed class Session : IDisposable
{
    static readonly TimeSpan RenewalMargin = TimeSpan.FromMinutes(5);

    readonly Connection connection;
    readonly CloudScope scope;
    readonly SemaphoreSlim gate = new(1);
    volatile SessionToken? current;

    public Session(Connection connection, CloudScope scope, Action<CallRecord> raise)
    {
        this.connection = connection;
        this.scope = scope;
        Raise = raise;
        Keystone = new(ServiceKind.Identity, connection, this);
    }

    public Action<CallRecord> Raise { get; }

    public Endpoint Keystone { get; }

    public SessionToken? Current => current;

    public string? CurrentToken => current?.Value;

    /// <summary>A token that was given, rather than fetched with a password, ends when it ends.</summary>
    public bool CanRenew => connection.Settings.Credential is not Credential.Token;

    public async ValueTask<SessionToken> TokenAsync(CancellationToken cancel)
    {
        var token = current;
        return token is not null && (connection.Clock.GetUtcNow() < token.RenewAt || !CanRenew) ? token : await RenewAsync(token, cancel);
    }

    /// <summary>A newer token than this one; when another task has fetched one meanwhile, that one.</summary>
    public async Task<SessionToken> RenewAsync(SessionToken? stale, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            if (current is { } newer && newer != stale)
                return newer;
            return current = await FetchAsync(cancel);
        }
        catch (OpenStackException e) when (e.IsTransient && stale is not null && connection.Clock.GetUtcNow() < stale.ExpiresAt)
        {
            return stale;
        }
        finally
        {
            gate.Release();
        }
    }

    async Task<SessionToken> FetchAsync(CancellationToken cancel)
    {
        var asked = connection.Clock.GetUtcNow();
        using var response = await Keystone.OpenAsync(TokenRequest.For(connection.Settings.Credential, scope), cancel);
        var given = connection.Settings.Credential as Credential.Token;
        var value = response.Headers.TryGetValues("X-Subject-Token", out var values) ? values.First() : given?.Value;
        if (value is null)
            throw Keystone.Broken("the answer has no X-Subject-Token; is this the address of a Keystone?", null);
        var details = Keystone.Parse(Keystone.Member(await Keystone.JsonOfAsync(response, cancel), "token"), IdentityJson.Default.TokenDetails);

        // Its lifetime by the cloud's clock, from now by ours: the two need not agree.
        var lifetime = details.ExpiresAt - details.IssuedAt;
        var margin = lifetime / 5 < RenewalMargin ? lifetime / 5 : RenewalMargin;
        return new(value, details, asked + lifetime, asked + lifetime - margin);
    }

    public void Dispose() => gate.Dispose();
}

/// <summary>A token and what it says. Not a record: it must not be printed.</summary>
internal sealed class SessionToken(string value, TokenDetails details, DateTimeOffset expiresAt, DateTimeOffset renewAt)
{
    public string Value => value;

    public TokenDetails Details => details;

    /// <summary>By our clock.</summary>
    public DateTimeOffset ExpiresAt => expiresAt;

    public DateTimeOffset RenewAt => renewAt;
}
