using System.Collections.Immutable;
using System.Text.Json;

namespace Kedge.Plans.Tests;

/// <summary>Plans in one line: "b after a" with times in seconds.</summary>
internal static class Plans
{
    public static readonly JsonElement Nothing = JsonElement.Parse("{}");

    public static PlannedStep Step(string id, string[]? after = null, double seconds = 10, string[]? lanes = null, int priority = 0, double deadline = 600) => new()
    {
        Id = id,
        Kind = "make",
        Title = $"Make {id}",
        Arguments = Nothing,
        After = [.. after ?? []],
        Lanes = [.. lanes ?? []],
        Expected = TimeSpan.FromSeconds(seconds),
        Deadline = TimeSpan.FromSeconds(deadline),
        Priority = priority,
    };

    public static Plan Of(params PlannedStep[] steps) => Plan.Create("failover", "Fail web over from A to B", "web", steps);

    /// <summary>The shape of a small failover: two branches that meet, one of them longer.</summary>
    public static Plan Diamond() => Of(
        Step("net", seconds: 5),
        Step("volume", seconds: 60, lanes: ["B/volume"]),
        Step("port", ["net"], seconds: 5, lanes: ["B/network"]),
        Step("server", ["volume", "port"], seconds: 30, lanes: ["B/compute"]),
        Step("address", ["server"], seconds: 5, lanes: ["B/network"]));

    public static ImmutableArray<RecordedEvent> Recorded(RunId run, params RunEvent[] events)
    {
        var epoch = 0L;
        var seq = 0L;
        return [.. events.Select(e => new RecordedEvent(run, ++seq, e is RunTakenOver ? ++epoch : epoch, DateTimeOffset.UnixEpoch.AddSeconds(seq), e))];
    }

    public static RunState Fold(IEnumerable<RecordedEvent> events)
    {
        RunState? state = null;
        foreach (var e in events)
            state = state is null ? RunState.Begin(e) : state.Apply(e);
        return state!;
    }
}
