using System.Collections.Immutable;

namespace Kedge.Plans;

/// <summary>How much of a run happens at once, and how long it waits for a world that fails.</summary>
public sealed record RunLimits
{
    /// <summary>Steps under way at once, at least 1.</summary>
    public int Total
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least one step must be able to run.");
    } = 64;

    /// <summary>Steps under way at once per lane.</summary>
    public ImmutableDictionary<string, int> Lanes
    {
        get;
        init => field = value.Values.All(v => v >= 1) ? value : throw new ArgumentOutOfRangeException(nameof(value), "A lane of width 0 would never let its steps run.");
    } = ImmutableDictionary<string, int>.Empty;

    /// <summary>The width of lanes that are not listed.</summary>
    public int LaneDefault
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A lane of width 0 would never let its steps run.");
    } = 16;

    /// <summary>How long a step waits for a world that does not answer at all before it stops. Its deadline stands still meanwhile.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The first wait after a passing fault; doubled with each further one.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A call under way when the deadline passes gets this much more before it is cancelled.</summary>
    public TimeSpan CallGrace { get; init; } = TimeSpan.FromMinutes(1);

    internal int WidthOf(string lane) => Lanes.GetValueOrDefault(lane, LaneDefault);
}
