using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Kedge.Contracts.V1;
using Kedge.Mediator.Desk;
using Kedge.Mediator.Store;

namespace Kedge.Mediator.Api.Access;

/// <summary>
/// Tokens that Kedge gives out itself, for the time when no Keystone answers. <c>kedge_ID_SECRET</c>: of the secret, 256 random bits, only the
/// SHA-256 is kept, which nobody can try out; it is shown once.
/// </summary>
public sealed class ApiTokens(ApiDatabase database, TimeProvider clock)
{
    public const string Prefix = "kedge_";
    const int SecretBytes = 32;
    const int LongestToken = 200;

    /// <exception cref="ProblemException">The name is taken, or the expiry is past.</exception>
    public async Task<NewApiToken> MakeAsync(string name, Role role, ImmutableArray<string>? projects, DateTimeOffset expiresAt, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (expiresAt <= now)
            throw new ProblemException(ProblemCodes.Invalid, "The token would have expired already.") { Field = "expires" };
        if (role is Role.Admin ? projects is not null : projects is { IsEmpty: true })
            throw new ProblemException(ProblemCodes.Invalid, "An admin is one of all projects; a member or reader of those that are named, or of all.") { Field = "projects" };
        var (id, secret) = (Text(RandomNumberGenerator.GetBytes(9)), Text(RandomNumberGenerator.GetBytes(SecretBytes)));
        var made = await database.ExecuteAsync(
            """
            INSERT INTO api_tokens (id, name, hash, role, projects, made_at, expires_at) VALUES (@id, @name, @hash, @role, @projects, @now, @expires)
            ON CONFLICT DO NOTHING
            """,
            new
            {
                id, name, hash = HashOf(secret), role = role.ToString(), projects = projects is { } named ? string.Join(' ', named) : "*",
                now = now.ToUnixTimeMilliseconds(), expires = expiresAt.ToUnixTimeMilliseconds(),
            },
            cancel);
        return made == 1 ? new NewApiToken(name, $"{Prefix}{id}_{secret}", expiresAt) : throw new ProblemException(ProblemCodes.NameTaken, $"There is a token {name} already: revoke it, or take another name.");
    }

    public async Task<IReadOnlyList<ApiToken>> ListAsync(CancellationToken cancel) =>
        [.. (await database.ListAsync<Row>($"SELECT {Columns} FROM api_tokens ORDER BY name", cancel)).Select(row => row.Shown())];

    /// <summary>It is good no longer, from the next request on. False: there is none of that name that was.</summary>
    public async Task<bool> RevokeAsync(string name, CancellationToken cancel) =>
        await database.ExecuteAsync(
            "UPDATE api_tokens SET revoked_at = @now, name = name || '~' || id WHERE name = @name AND revoked_at IS NULL",
            new { name, now = clock.GetUtcNow().ToUnixTimeMilliseconds() },
            cancel) == 1;

    /// <summary>Null: it is none of ours, or good no longer.</summary>
    internal async Task<Caller?> FindAsync(string presented, CancellationToken cancel)
    {
        if (presented.Length > LongestToken || !presented.StartsWith(Prefix, StringComparison.Ordinal) || presented[Prefix.Length..].Split('_', 2) is not [var id, var secret])
            return null;
        var row = await database.FindAsync<Row>($"SELECT {Columns} FROM api_tokens WHERE id = @id", new { id }, cancel);
        var isRight = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(secret)), Encoding.ASCII.GetBytes(row?.Hash ?? new string('0', 64)));
        return row is not null && isRight && row.Shown() is { RevokedAt: null } token && token.ExpiresAt > clock.GetUtcNow()
            ? new Caller($"token:{id}", $"token {token.Name}", token.Role, token.Projects?.ToImmutableHashSet(StringComparer.Ordinal))
            : null;
    }

    const string Columns = "id AS Id, name AS Name, hash AS Hash, role AS Role, projects AS Projects, made_at AS MadeAt, expires_at AS ExpiresAt, revoked_at AS RevokedAt";

    static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Base64 for URLs, without the letter that parts id and secret.</summary>
    static string Text(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '.');

    sealed record Row
    {
        public string Id { get; init; } = "";
        public string Name { get; init; } = "";
        public string Hash { get; init; } = "";
        public string Role { get; init; } = "";
        public string Projects { get; init; } = "";
        public long MadeAt { get; init; }
        public long ExpiresAt { get; init; }
        public long? RevokedAt { get; init; }

        public ApiToken Shown() => new(
            Name, Enum.Parse<Role>(Role), Projects == "*" ? null : [.. Projects.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            DateTimeOffset.FromUnixTimeMilliseconds(MadeAt), DateTimeOffset.FromUnixTimeMilliseconds(ExpiresAt), RevokedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
    }
}

/// <param name="Projects">Null: all.</param>
public sealed record ApiToken(string Name, Role Role, ImmutableArray<string>? Projects, DateTimeOffset MadeAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt);

/// <param name="Text">The token itself, which is never told again.</param>
public sealed record NewApiToken(string Name, string Text, DateTimeOffset ExpiresAt);
