using System.Security.Cryptography;
using Kedge.Blocks.Keys;

namespace Kedge.Blocks.Stores;

/// <summary>
/// Put-if-absent on a server that has none to rely on (Swift checks <c>If-None-Match</c> before it writes: of 16 in one moment, 13 were told that they were
/// first). Who wants a name puts a claim of its own beside it, and puts the name only when a listing taken after that shows no other claim: of two, the
/// later one sees the earlier. A claim is used for five minutes at most and counts for fifteen, by the server's clock alone; whoever is killed in between holds the name up
/// for so long. It rests on a listing that shows every answered put, as all of a repository does (format, section 1).
/// </summary>
sealed class Claims(IStore store, Func<string, ReadOnlyMemory<byte>, CancellationToken, ValueTask> put, TimeProvider time)
{
    const string Prefix = Names.Locks + "claims/";
    const int MostTries = 100;
    static readonly TimeSpan Usable = TimeSpan.FromMinutes(5);
    static readonly TimeSpan Counts = TimeSpan.FromMinutes(15);
    static readonly TimeSpan GivesWay = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether a part of the name was drawn at random: then nobody else wants it.</summary>
    public static bool IsUncontested(string name)
    {
        foreach (var part in name.Split('/'))
        {
            if (ObjectId.FindIn(part) is not null) return true;
        }
        return false;
    }

    public async ValueTask<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await store.FindAsync(name, cancel) is not null) return false;
            if (await TryAsync(name, content, cancel) is { } won) return won;
            await GiveWayAsync(name, cancel);
        }
        throw new RepositoryException(RepositoryFault.Unavailable, $"{name} is claimed by another writer that does not come to an end. If one was killed just now, try again in {Counts.TotalMinutes} minutes.");
    }

    /// <summary>Null: somebody else has a claim, try again.</summary>
    async ValueTask<bool?> TryAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        var mine = $"{Prefix}{name}/{ObjectId.New()}";
        var since = time.GetTimestamp();
        using var over = new CancellationTokenSource(Usable, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, over.Token);
        await put(mine, new byte[] { 1 }, cancel);
        var isUncertain = false;
        try
        {
            if (!await IsAloneAsync(name, mine, since, cancel)) return null;
            if (await store.FindAsync(name, cancel) is not null) return false;
            isUncertain = true;
            await put(name, content, either.Token);
            isUncertain = false;
            return true;
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new RepositoryException(RepositoryFault.Unavailable, $"Writing {name} took longer than {Usable.TotalMinutes} minutes; whether it stands there now is to be looked up.", e);
        }
        finally
        {
            // A put without an answer may still arrive: until it cannot any more, the name stays claimed.
            if (!isUncertain) await store.DeleteAsync(mine, CancellationToken.None);
        }
    }

    /// <summary>Lets the others come to an end, as long as that may be soon.</summary>
    async ValueTask GiveWayAsync(string name, CancellationToken cancel)
    {
        for (var since = time.GetTimestamp(); time.GetElapsedTime(since) < GivesWay;)
        {
            await Task.Delay(Pause * RandomNumberGenerator.GetInt32(1, 4), time, cancel);
            var isClaimed = false;
            await foreach (var _ in store.ListAsync($"{Prefix}{name}/", cancel)) isClaimed = true;
            if (!isClaimed) return;
        }
    }

    /// <summary>The smallest claim waits for the others to give way; all others give way.</summary>
    async ValueTask<bool> IsAloneAsync(string name, string mine, long since, CancellationToken cancel)
    {
        while (time.GetElapsedTime(since) < Usable / 2)
        {
            var claims = new List<StoredObject>();
            await foreach (var claim in store.ListAsync($"{Prefix}{name}/", cancel)) claims.Add(claim);
            var own = claims.FindIndex(c => c.Name == mine);
            if (own < 0) return false;
            var isAlone = true;
            foreach (var other in claims)
            {
                if (other.Name == mine) continue;
                if (claims[own].PutAt + time.GetElapsedTime(since) - other.PutAt > Counts)
                {
                    await store.DeleteAsync(other.Name, cancel);
                    continue;
                }
                if (string.CompareOrdinal(other.Name, mine) < 0) return false;
                isAlone = false;
            }
            if (isAlone) return true;
            await Task.Delay(Pause, time, cancel);
        }
        return false;
    }
}
