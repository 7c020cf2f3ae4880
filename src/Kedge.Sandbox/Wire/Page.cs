using System.Globalization;

namespace Kedge.Sandbox.Wire;

/// <summary>One page of a list, and where the next one begins.</summary>
/// <param name="Items">At most as many as asked for and allowed.</param>
/// <param name="NextQuery">Query string of the next page without its question mark; null on the last one.</param>
sealed record Page<T>(IReadOnlyList<T> Items, string? NextQuery);

static class Page
{
    /// <summary>What every service uses as <c>max_limit</c>.</summary>
    public const int MaxLimit = 1000;

    public static Page<T> Cut<T>(Call call, IEnumerable<T> items, Func<T, string> id, int? unaskedLimit = MaxLimit)
    {
        var limit = Limit(call) ?? unaskedLimit ?? int.MaxValue;
        if (call.Query.First("marker") is { Length: > 0 } marker)
            items = After(items, id, marker);
        var page = items.Take(limit == int.MaxValue ? limit : limit + 1).ToList();
        if (page.Count <= limit)
            return new(page, null);
        page.RemoveAt(limit);
        return new(page, page is [] ? null : call.Query.With(limit, id(page[^1])));
    }

    static int? Limit(Call call)
    {
        if (call.Query.First("limit") is not { Length: > 0 } text)
            return null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
            throw ApiFault.Bad($"Invalid input for query parameters limit. Value: {text}. limit param must be an integer");
        return limit == 0 ? MaxLimit : Math.Min(limit, MaxLimit);
    }

    static List<T> After<T>(IEnumerable<T> items, Func<T, string> id, string marker)
    {
        var all = items.ToList();
        var at = all.FindIndex(item => id(item) == marker);
        return at >= 0 ? all[(at + 1)..] : throw ApiFault.Bad($"marker [{marker}] not found");
    }
}
