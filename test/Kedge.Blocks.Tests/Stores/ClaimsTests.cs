using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Tests.Stores;

/// <summary>Put-if-absent on a store that overwrites.</summary>
public sealed class ClaimsTests
{
    const string Name = "points/web/00000001";
    readonly MemoryStore store = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_exactly_one_puts_and_no_claim_is_left()
    {
        var won = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () => await Of(TimeProvider.System).PutAsync(Name, new byte[] { (byte)i }, Cancel))));

        Assert.Equal(1, won.Count(w => w));
        Assert.Equal((byte)Array.IndexOf(won, true), store.Objects[Name][0]);
        Assert.Equal([Name], store.Objects.Keys);
    }

    [Fact]
    public async Task Who_finds_a_claim_waits_for_it_and_finds_the_name_taken()
    {
        var first = $"locks/claims/{Name}/{new string('0', 32)}";
        store.Objects[first] = [1];
        var listed = 0;
        store.Before = (kind, _) =>
        {
            if (kind != "list" || ++listed != 4) return;
            store.Objects[Name] = [7];
            ((IDictionary<string, byte[]>)store.Objects).Remove(first);
        };

        var won = await Of(TimeProvider.System).PutAsync(Name, new byte[] { 1 }, Cancel);

        Assert.False(won);
        Assert.Equal([7], store.Objects[Name]);
    }

    [Fact]
    public async Task A_claim_whose_put_got_no_answer_stays_because_the_put_may_still_arrive()
    {
        var claims = new Claims(store, (name, content, _) => name == Name
            ? throw new RepositoryException(RepositoryFault.Unavailable, "no answer")
            : Put(name, content), TimeProvider.System);

        await Assert.ThrowsAsync<RepositoryException>(async () => await claims.PutAsync(Name, new byte[] { 1 }, Cancel));

        Assert.StartsWith($"locks/claims/{Name}/", Assert.Single(store.Objects.Keys), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_claim_that_is_too_old_is_taken_away()
    {
        var dead = $"locks/claims/{Name}/{new string('0', 32)}";
        store.Objects[dead] = [1];
        var aged = new AgedStore(store, dead, TimeSpan.FromMinutes(16));

        var won = await new Claims(aged, (name, content, _) => Put(name, content), TimeProvider.System).PutAsync(Name, new byte[] { 1 }, Cancel);

        Assert.True(won);
        Assert.Equal([Name], store.Objects.Keys);
    }

    [Theory]
    [InlineData("points/web/00000001", false)]
    [InlineData("format", false)]
    [InlineData("packs/ab/ab000000000000000000000000000000", true)]
    [InlineData("sessions/ab000000000000000000000000000000/0", true)]
    public void A_name_with_an_id_in_it_is_wanted_by_nobody_else(string name, bool isUncontested) =>
        Assert.Equal(isUncontested, Claims.IsUncontested(name));

    Claims Of(TimeProvider time) => new(store, (name, content, _) => Put(name, content), time);

    ValueTask Put(string name, ReadOnlyMemory<byte> content)
    {
        store.Objects[name] = content.ToArray();
        return ValueTask.CompletedTask;
    }

    /// <summary>In which one object was put longer ago than the others.</summary>
    sealed class AgedStore(IStore inner, string old, TimeSpan age) : IStore
    {
        static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

        public ValueTask<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel) => inner.PutAsync(name, content, cancel);

        public ValueTask<int> ReadAsync(string name, long offset, Memory<byte> into, CancellationToken cancel) => inner.ReadAsync(name, offset, into, cancel);

        public ValueTask<StoredObject?> FindAsync(string name, CancellationToken cancel) => inner.FindAsync(name, cancel);

        public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
        {
            await foreach (var found in inner.ListAsync(prefix, cancel)) yield return found with { PutAt = found.Name == old ? Now - age : Now };
        }

        public ValueTask DeleteAsync(string name, CancellationToken cancel) => inner.DeleteAsync(name, cancel);
    }
}
