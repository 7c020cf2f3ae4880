using System.Collections.Immutable;

namespace Kedge.Recovery.Policies;

/// <summary>When points may be begun: pure.</summary>
static class OpenHours
{
    /// <summary>Windows of so many days before and after a moment say all about it: each opens at least once a week.</summary>
    const int DaysAround = 8;

    public static bool AreOpen(ImmutableArray<ProtectionWindow> windows, DateTimeOffset at) =>
        windows.IsEmpty || Spans(windows, at).Any(span => span.Opens <= at && at < span.Closes);

    /// <summary>The moment itself where it is in a window. Else the end of the window before it, if that is still to come; else the next opening.</summary>
    /// <param name="early">How long before its end a window is used at the latest.</param>
    public static DateTimeOffset Fit(ImmutableArray<ProtectionWindow> windows, DateTimeOffset at, DateTimeOffset now, TimeSpan early)
    {
        if (AreOpen(windows, at))
            return at;
        var spans = Spans(windows, at).ToList();
        var last = spans.Where(span => span.Closes <= at).OrderByDescending(span => span.Closes).First();
        var latest = last.Closes - early > last.Opens ? last.Closes - early : last.Opens;
        return latest >= now ? latest : spans.Where(span => span.Opens > at).Min(span => span.Opens);
    }

    static IEnumerable<(DateTimeOffset Opens, DateTimeOffset Closes)> Spans(ImmutableArray<ProtectionWindow> windows, DateTimeOffset around)
    {
        var today = new DateTimeOffset(around.UtcDateTime.Date, TimeSpan.Zero);
        for (var day = -DaysAround; day <= DaysAround; day++)
        {
            foreach (var window in windows.Where(window => window.OpensOn(today.AddDays(day).DayOfWeek)))
            {
                var opens = today.AddDays(day) + window.From.ToTimeSpan();
                yield return (opens, opens + window.Length);
            }
        }
    }
}
