using System.Globalization;
using Kedge.Blocks;
using Kedge.Blocks.Points;

namespace Kedge.Commands;

/// <summary>A point of a block repository as a person writes it: <c>SERIES/SEQUENCE</c>, or <c>SERIES</c> for its newest.</summary>
readonly record struct PointName(string Series, long? Sequence)
{
    /// <exception cref="UsageException">It is neither.</exception>
    public static PointName Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 && text.Length > 0) return new PointName(text, null);
        if (slash > 0 && long.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence >= 1) return new PointName(text[..slash], sequence);
        throw new UsageException($"'{text}' is not a point: SERIES/SEQUENCE, or SERIES for its newest.");
    }

    /// <exception cref="UsageException">There is none.</exception>
    public async Task<Point> GetAsync(Repository repository, CancellationToken cancel) =>
        (Sequence is { } sequence ? await repository.FindPointAsync(Series, sequence, cancel) : await repository.FindLatestAsync(Series, cancel))
        ?? throw new UsageException($"There is no point {(Sequence is null ? $"of {Series}" : $"{Series}/{Sequence}")}: kedge repository points");
}
