using System.Globalization;
using System.Text;

namespace Kedge.Plans;

/// <summary>A plan as numbered text: what an operator reads before saying yes, and what a reviewer sees as a diff.</summary>
public static class PlanText
{
    /// <summary>Lines end with \n; there is no wall time, no id of a run and nothing that differs between two prints of one plan.</summary>
    public static string Print(Plan plan)
    {
        var text = new StringBuilder().Append(plan.Title).Append('\n');
        var width = plan.ReadingOrder.Length.ToString(CultureInfo.InvariantCulture).Length + 2;
        var number = plan.ReadingOrder.Select((step, i) => (step.Id, Number: i + 1)).ToDictionary(n => n.Id, n => n.Number, StringComparer.Ordinal);
        foreach (var step in plan.ReadingOrder)
        {
            text.Append(number[step.Id].ToString(CultureInfo.InvariantCulture).PadLeft(width)).Append(". ").Append(step.Title);
            var after = step.After.Distinct(StringComparer.Ordinal).Select(id => number[id]).Order().ToList();
            if (after is not [])
                text.Append("  (after ").AppendJoin(", ", after).Append(')');
            text.Append('\n');
        }

        return text.Append(CultureInfo.InvariantCulture, $"{plan.Steps.Length} steps; the longest path is expected to take {Say(plan.CriticalPath)}\n").ToString();
    }

    /// <summary>"45 s", "3 min 20 s", "2 h 5 min": two units are enough to decide on.</summary>
    public static string Say(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } when time.Milliseconds != 0 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalSeconds} s"),
        { TotalHours: < 1 } => Two((int)time.TotalMinutes, "min", time.Seconds, "s"),
        { TotalDays: < 1 } => Two((int)time.TotalHours, "h", time.Minutes, "min"),
        _ => Two((int)time.TotalDays, "d", time.Hours, "h"),
    };

    private static string Two(int big, string bigUnit, int small, string smallUnit) =>
        small == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{big} {bigUnit}")
            : string.Create(CultureInfo.InvariantCulture, $"{big} {bigUnit} {small} {smallUnit}");
}
