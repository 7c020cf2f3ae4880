using System.Globalization;
using System.Text;
using Kedge.Contracts.V1;
using Kedge.Mediator.Desk;
using Microsoft.AspNetCore.Http;

namespace Kedge.Mediator.Api.Requests;

/// <summary>Which part of a list is asked for. A cursor names the last item that was given; what it looks like is nobody's business.</summary>
/// <param name="After">Null: from the beginning.</param>
sealed record Paging(string? After, int Limit)
{
    public const int Usual = 50;
    public const int Most = 200;
    const string Mark = "k1:";

    /// <exception cref="ProblemException">Limit or cursor cannot be.</exception>
    public static Paging Of(HttpContext context)
    {
        var (limit, cursor) = (context.Request.Query["limit"], context.Request.Query["cursor"]);
        if (limit.Count > 1 || cursor.Count > 1)
            throw new ProblemException(ProblemCodes.Invalid, "Say limit and cursor once.") { Field = limit.Count > 1 ? "limit" : "cursor" };
        var many = Usual;
        if (limit.Count == 1 && (!int.TryParse(limit[0], NumberStyles.None, CultureInfo.InvariantCulture, out many) || many is < 1 or > Most))
            throw new ProblemException(ProblemCodes.Invalid, $"limit is from 1 to {Most}.") { Field = "limit" };
        return new Paging(cursor.Count == 1 ? Read(cursor[0]!) : null, many);
    }

    /// <summary>The page, of a list in the order of its keys.</summary>
    /// <param name="isAfter">Whether the first key comes after the second in the list.</param>
    public async Task<Page<T>> OfAsync<T>(IAsyncEnumerable<T> list, Func<T, string> key, Func<string, string, bool> isAfter, CancellationToken cancel)
    {
        var items = new List<T>();
        await foreach (var item in list.WithCancellation(cancel))
        {
            if (After is not null && !isAfter(key(item), After))
                continue;
            if (items.Count == Limit)
                return new Page<T>(items, Write(key(items[^1])));
            items.Add(item);
        }
        return new Page<T>(items, null);
    }

    public Task<Page<T>> ByNameAsync<T>(IAsyncEnumerable<T> list, Func<T, string> name, CancellationToken cancel) =>
        OfAsync(list, name, (one, other) => string.CompareOrdinal(one, other) > 0, cancel);

    public Task<Page<T>> NewestFirstAsync<T>(IAsyncEnumerable<T> list, Func<T, string> id, CancellationToken cancel) =>
        OfAsync(list, id, (one, other) => string.CompareOrdinal(one, other) < 0, cancel);

    public static string Write(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Mark + key)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    static string Read(string cursor)
    {
        var text = cursor.Replace('-', '+').Replace('_', '/');
        Span<byte> bytes = stackalloc byte[256];
        if (cursor.Length <= 300 && Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var written)
            && Encoding.UTF8.GetString(bytes[..written]) is var read && read.StartsWith(Mark, StringComparison.Ordinal))
            return read[Mark.Length..];
        throw new ProblemException(ProblemCodes.Invalid, "cursor is one that an earlier page gave as next.") { Field = "cursor" };
    }
}
