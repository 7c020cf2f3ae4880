using System.Globalization;

namespace Kedge.Bench.Blocks;

/// <summary>The result, tool by tool.</summary>
sealed class Table
{
    readonly List<string[]> rows = [];

    public void Row(params string[] cells) => rows.Add(cells);

    /// <summary>CPU and wall seconds of each, then the ratios beside their goals (0: no goal).</summary>
    public void Costs(string name, double goalRestic, double goalBorg, Cost? ours, Cost? restic, Cost? borg, Cost? qemu)
    {
        Row($"{name}: CPU s", Cpu(ours), Cpu(restic), Cpu(borg), Cpu(qemu));
        Row("– wall s", Wall(ours), Wall(restic), Wall(borg), Wall(qemu));
        Row("– CPU ratio", "1", Ratio(restic, ours, goalRestic), Ratio(borg, ours, goalBorg), Ratio(qemu, ours, 0));
    }

    /// <summary>As Markdown, which a terminal shows well enough.</summary>
    public IEnumerable<string> Lines()
    {
        var columns = rows.Max(row => row.Length);
        var widths = Enumerable.Range(0, columns).Select(column => rows.Max(row => column < row.Length ? row[column].Length : 0)).ToArray();
        for (var i = 0; i < rows.Count; i++)
        {
            yield return $"| {string.Join(" | ", widths.Select((width, column) => (column < rows[i].Length ? rows[i][column] : "").PadRight(width)))} |";
            if (i == 0) yield return $"| {string.Join(" | ", widths.Select(width => new string('-', width)))} |";
        }
    }

    static string Cpu(Cost? cost) => cost is null ? "-" : cost.CpuS.ToString("0.000", CultureInfo.InvariantCulture);

    static string Wall(Cost? cost) => cost is null ? "-" : cost.WallS.ToString("0.00", CultureInfo.InvariantCulture);

    static string Ratio(Cost? other, Cost? ours, double goal) => other is null || ours is null
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{other.CpuS / ours.CpuS:0.0}{(goal > 0 ? $" (goal {goal})" : "")}");
}
