namespace Kedge.Plans;

/// <summary>Which runs are asked for; what is null lets everything through.</summary>
public sealed record RunFilter
{
    public static RunFilter All { get; } = new();

    /// <summary>Runs that are neither finished nor abandoned.</summary>
    public static RunFilter Open { get; } = new() { IsOpen = true };

    public string? Kind { get; init; }

    public string? Subject { get; init; }

    public string? ExclusiveKey { get; init; }

    /// <summary>True: not ended. False: finished or abandoned.</summary>
    public bool? IsOpen { get; init; }

    /// <summary>So many of the newest; null: all.</summary>
    public int? Most { get; init; }

    public bool Lets(RunSummary run) =>
        (Kind is null || run.Kind == Kind) && (Subject is null || run.Subject == Subject)
        && (ExclusiveKey is null || run.ExclusiveKey == ExclusiveKey) && (IsOpen is null || run.IsEnded != IsOpen);
}
