using System.Collections.Immutable;
using System.Text.Json;
using Kedge.Plans;

namespace Kedge.Recovery.Points;

/// <summary>Points that must not go, because a run that is not finished restores from them, whatever its kind: its facts name the point.</summary>
public static class PointsInUse
{
    public static async Task<IReadOnlySet<string>> OfAsync(IJournal journal, string workload, CancellationToken cancel)
    {
        var used = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        await foreach (var run in journal.ListAsync(RunFilter.Open with { Subject = workload }, cancel))
        {
            var facts = (await journal.GetStateAsync(run.Run, cancel)).Plan.Facts;
            if (facts is { ValueKind: JsonValueKind.Object } && facts.Value.TryGetProperty("point", out var point) && point.ValueKind is JsonValueKind.String)
                used.Add(point.GetString()!);
        }
        return used.ToImmutable();
    }
}
