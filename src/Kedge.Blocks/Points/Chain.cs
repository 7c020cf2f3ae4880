using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Points;

/// <summary>A link of a chain whose point was taken away on purpose, or stands.</summary>
readonly record struct Link(long Sequence, DateTimeOffset TakenAt, Address PreviousSeal, Address Seal);

/// <summary>The points of one series in the store, and whether they are what was written.</summary>
sealed class Chain(IStore store, KeyRing ring, string series)
{
    public static Address SealOf(KeyRing ring, string name, ReadOnlySpan<byte> bytes)
    {
        var header = ObjectHeader.Parse(bytes, ObjectKind.Point, name);
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, ring.SealKey(header.Generation, name));
        mac.AppendData(Encoding.UTF8.GetBytes(name));
        mac.AppendData(bytes);
        Span<byte> seal = stackalloc byte[Address.Length];
        mac.GetHashAndReset(seal);
        return Address.From(seal);
    }

    public async ValueTask<List<long>> ListAsync(CancellationToken cancel) => await SequencesAsync($"{Names.Points}{Names.Checked(series)}/", cancel);

    public async ValueTask<Point?> FindAsync(long sequence, CancellationToken cancel)
    {
        var name = Names.Point(series, sequence);
        var bytes = await store.FindWholeAsync(name, cancel);
        return bytes is null ? null : PointFile.Open(ring, series, name, bytes);
    }

    public async ValueTask<Point?> FindLatestAsync(CancellationToken cancel)
    {
        var sequences = await ListAsync(cancel);
        for (var i = sequences.Count - 1; i >= 0; i--)
        {
            if (await FindAsync(sequences[i], cancel) is { } point) return point;
        }
        return null;
    }

    /// <summary>The newest link, be it a point or forgotten; zero when the series is new.</summary>
    public async ValueTask<Link> LastAsync(CancellationToken cancel)
    {
        var points = await ListAsync(cancel);
        var forgotten = await SequencesAsync($"{Names.Forgotten}{series}/", cancel);
        var last = Math.Max(points.Count > 0 ? points[^1] : 0, forgotten.Count > 0 ? forgotten[^1] : 0);
        if (last == 0) return default;
        return await FindLinkAsync(last, cancel) ?? throw new RepositoryException(RepositoryFault.Missing, $"The point {series}/{last} was listed, but is not there.");
    }

    /// <summary>All that is wrong with the chain; empty when it is sound and the expected head is on it.</summary>
    public async ValueTask<List<string>> VerifyAsync(Head? expected, CancellationToken cancel)
    {
        var problems = new List<string>();
        var sequences = new SortedSet<long>(await ListAsync(cancel));
        sequences.UnionWith(await SequencesAsync($"{Names.Forgotten}{Names.Checked(series)}/", cancel));
        var last = sequences.Count > 0 ? sequences.Max : 0;
        Address? before = default(Address);
        var isHeadSeen = false;
        for (long sequence = 1; sequence <= last; sequence++)
        {
            if (!sequences.Contains(sequence))
            {
                var next = sequences.GetViewBetween(sequence, last).Min;
                problems.Add($"Of the series {series}, the points {sequence} to {next - 1} are gone, and nothing says that they were forgotten.");
                sequence = next;
                before = null;
            }
            var link = await FindLinkAsync(sequence, problems, cancel);
            if (link is { } sound && before is { } seal && sound.PreviousSeal != seal) problems.Add($"The point {series}/{sequence} does not follow the one before it: one of the two was exchanged.");
            isHeadSeen |= link is { } found && expected is { } head && found.Sequence == head.Sequence && found.Seal == head.Seal;
            before = link?.Seal;
        }
        if (expected is { } wanted && !isHeadSeen) problems.Add($"The point {series}/{wanted.Sequence} that was acknowledged is not in the chain: the repository was set back in time or exchanged.");
        return problems;
    }

    public async ValueTask ForgetAsync(Point point, CancellationToken cancel)
    {
        var plain = new ArrayBufferWriter<byte>();
        plain.U63(point.Sequence);
        plain.U63(point.TakenAt.ToUnixTimeMilliseconds());
        plain.Address(point.PreviousSeal);
        plain.Address(point.Seal);
        var name = Names.ForgottenPoint(series, point.Sequence);
        // Taken already: an earlier try died between the two.
        await store.PutAsync(name, SealedObject.Close(ring, ObjectKind.Forgotten, ObjectId.New(), name, plain.WrittenSpan), cancel);
        await store.DeleteAsync(Names.Point(series, point.Sequence), cancel);
    }

    async ValueTask<Link?> FindLinkAsync(long sequence, List<string> problems, CancellationToken cancel)
    {
        try
        {
            var link = await FindLinkAsync(sequence, cancel);
            if (link is null) problems.Add($"The point {series}/{sequence} was listed, but is not there.");
            return link;
        }
        catch (RepositoryException e) when (e.Fault == RepositoryFault.Damaged)
        {
            problems.Add(e.Message);
            return null;
        }
    }

    async ValueTask<Link?> FindLinkAsync(long sequence, CancellationToken cancel)
    {
        if (await FindAsync(sequence, cancel) is { } point) return new Link(point.Sequence, point.TakenAt, point.PreviousSeal, point.Seal);
        var name = Names.ForgottenPoint(series, sequence);
        var bytes = await store.FindWholeAsync(name, cancel);
        return bytes is null ? null : ParseForgotten(SealedObject.Open(ring, ObjectKind.Forgotten, name, bytes), name, sequence);
    }

    static Link ParseForgotten(byte[] plain, string name, long sequence)
    {
        var reader = new WireReader(plain, name);
        var link = new Link(reader.U63(), PointFile.TimeOf(reader.U63(), name), reader.Address(), reader.Address());
        reader.End();
        return link.Sequence == sequence ? link : throw RepositoryException.Damaged(name, $"it is about point {link.Sequence}");
    }

    async ValueTask<List<long>> SequencesAsync(string prefix, CancellationToken cancel)
    {
        var sequences = new List<long>();
        await foreach (var found in store.ListAsync(prefix, cancel))
        {
            sequences.Add(Names.FindSequence(found.Name) ?? throw RepositoryException.Damaged(found.Name, "its name is not a sequence"));
        }
        sequences.Sort();
        return sequences;
    }
}
