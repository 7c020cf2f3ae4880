namespace Kedge.Plans;

/// <summary>The bounds of what is written down.</summary>
public static class JournalLimits
{
    /// <summary>Of one event as JSON; a step's result that exceeds it stops the step.</summary>
    public const int LargestEventBytes = 1 << 20;

    /// <summary>Of the first event, which carries the plan: a thousand servers with full user-data fit.</summary>
    public const int LargestPlanBytes = 128 << 20;

    /// <summary>Of one note, reason or message; what is longer is cut.</summary>
    public const int LongestText = 4096;

    internal static string Cut(string text) => text.Length <= LongestText ? text : $"{text.AsSpan(0, LongestText)} … (cut)";
}
