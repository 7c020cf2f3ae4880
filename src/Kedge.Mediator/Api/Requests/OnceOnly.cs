using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kedge.Contracts.V1;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Desk;
using Kedge.Mediator.Store;
using Kedge.Plans;
using Microsoft.AspNetCore.Http;

namespace Kedge.Mediator.Api.Requests;

/// <summary>
/// What starts something is started once for each idempotency key, whoever is killed meanwhile: the key is written down with the id of the run
/// before the run is, and the answer after it. The same request again gets the first answer; a request that was refused leaves no key.
/// </summary>
sealed class OnceOnly(ApiDatabase database, IJournal journal, TimeProvider clock)
{
    public const string Header = "Idempotency-Key";
    const int LongestKey = 128;
    const int MostKeys = 5000;
    static readonly TimeSpan Kept = TimeSpan.FromHours(48);

    /// <summary>Whoever has not answered by then is dead: longer than any request may take.</summary>
    static readonly TimeSpan Claimed = TimeSpan.FromMinutes(45);

    /// <param name="start">Starts it, with this id where a run is begun.</param>
    /// <exception cref="ProblemException">There is no key, it was used for something else, or its request is under way.</exception>
    public async Task<IResult> StartAsync<T>(HttpContext context, Caller caller, JsonTypeInfo<T> type, Func<RunId, Task<T>> start, CancellationToken cancel)
    {
        var key = KeyOf(context);
        var fingerprint = await FingerprintAsync(context, cancel);
        var claimed = await ClaimAsync(caller, key, fingerprint, cancel);
        if (claimed.Answer is { } answered)
        {
            context.Response.Headers["Idempotency-Replayed"] = "true";
            return TypedResults.Content(answered, "application/json", Encoding.UTF8, StatusCodes.Status202Accepted);
        }
        string answer;
        try
        {
            answer = JsonSerializer.Serialize(await start(claimed.Run), type);
        }
        catch (Exception)
        {
            // Not with the caller's token: he may be gone, and the key must not stay behind him.
            await LetGoAsync(caller, key, claimed.Run, CancellationToken.None);
            throw;
        }
        await database.ExecuteAsync(
            "UPDATE api_requests SET status = 202, answer = @answer WHERE caller = @Id AND key = @key", new { answer, caller.Id, key }, CancellationToken.None);
        return TypedResults.Content(answer, "application/json", Encoding.UTF8, StatusCodes.Status202Accepted);
    }

    async Task<(RunId Run, string? Answer)> ClaimAsync(Caller caller, string key, string fingerprint, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var run = RunId.Create(clock);
        await database.ExecuteAsync("DELETE FROM api_requests WHERE claimed_at < @old", new { old = (now - Kept).ToUnixTimeMilliseconds() }, cancel);
        if (await database.FindAsync<long>("SELECT count(*) FROM api_requests WHERE caller = @Id", new { caller.Id }, cancel) >= MostKeys)
            throw new ProblemException(ProblemCodes.TooMany, $"{MostKeys} keys of yours are kept; the oldest go after {Kept.TotalHours} hours.");
        var inserted = await database.ExecuteAsync(
            "INSERT INTO api_requests (caller, key, fingerprint, run, claimed_at) VALUES (@Id, @key, @fingerprint, @run, @at) ON CONFLICT DO NOTHING",
            new { caller.Id, key, fingerprint, run = run.Value, at = now.ToUnixTimeMilliseconds() },
            cancel);
        if (inserted == 1)
            return (run, null);
        var row = await database.FindAsync<Row>(
            "SELECT fingerprint AS Fingerprint, run AS Run, claimed_at AS ClaimedAt, answer AS Answer FROM api_requests WHERE caller = @Id AND key = @key", new { caller.Id, key }, cancel);
        if (row is null)
            throw new ProblemException(ProblemCodes.KeyInUse, "A request with this key was refused just now: send it again.") { Field = Header };
        if (row.Fingerprint != fingerprint)
            throw new ProblemException(ProblemCodes.KeyReused, "This key was used for another request.") { Field = Header };
        if (row.Answer is not null)
            return (RunId.Parse(row.Run), row.Answer);
        var isDead = row.ClaimedAt <= (now - Claimed).ToUnixTimeMilliseconds();
        var taken = isDead ? await database.ExecuteAsync(
            "UPDATE api_requests SET claimed_at = @at WHERE caller = @Id AND key = @key AND claimed_at = @ClaimedAt AND answer IS NULL",
            new { at = now.ToUnixTimeMilliseconds(), caller.Id, key, row.ClaimedAt },
            cancel) : 0;
        return taken == 1 ? (RunId.Parse(row.Run), null) : throw new ProblemException(ProblemCodes.KeyInUse, "A request with this key is under way.") { Field = Header, Run = row.Run };
    }

    /// <summary>With the run begun, the key stays, and whoever comes again finds it; else nothing happened, and nothing is kept of it.</summary>
    async Task LetGoAsync(Caller caller, string key, RunId run, CancellationToken cancel)
    {
        var sql = await journal.FindAsync(run, cancel) is null
            ? "DELETE FROM api_requests WHERE caller = @Id AND key = @key AND answer IS NULL"
            : "UPDATE api_requests SET claimed_at = @mayBeTaken WHERE caller = @Id AND key = @key AND answer IS NULL";
        var mayBeTaken = (clock.GetUtcNow() - Claimed).ToUnixTimeMilliseconds();
        await database.ExecuteAsync(sql, new { caller.Id, key, mayBeTaken }, cancel);
    }

    static string KeyOf(HttpContext context)
    {
        var values = context.Request.Headers[Header];
        if (values is [{ Length: > 0 and <= LongestKey } key] && key.All(c => c is > ' ' and <= '~'))
            return key;
        throw new ProblemException(ProblemCodes.Invalid, $"What starts something takes one {Header}, of 1 to {LongestKey} printable characters: the same one when it is sent again.") { Field = Header };
    }

    /// <summary>Method, path and body: what makes it the same request.</summary>
    static async Task<string> FingerprintAsync(HttpContext context, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{context.Request.Method} {context.Request.Path}\n"));
        hash.AppendData(await Bodies.BytesAsync(context, cancel));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    sealed record Row
    {
        public string Fingerprint { get; init; } = "";
        public string Run { get; init; } = "";
        public long ClaimedAt { get; init; }
        public string? Answer { get; init; }
    }
}
