using System.Globalization;

namespace Kedge.Bench.Blocks;

/// <summary>The result, as one reads it in a terminal.</summary>
sealed class Table
{
    readonly List<string[]> rows = [];

    public void Row(params string[] cells) => rows.Add(cells);

    /// <summary>CPU and wall seconds of each, then the ratios beside their goals (0: no goal).</summary>
    public void Costs(string name, double goalRestic, double goalBorg, Cost? ours, Cost? restic, Cost? borg, Cost? qemu)
    {
        Row($"{name}: CPU s", Cpu(ours), Cpu(restic), Cpu(borg), Cpu(qemu));
        Row("  wall s", Wall(ours), Wall(restic), Wall(borg), Wall(qemu));
        Row("  CPU ratio", "1", Ratio(restic, ours, goalRestic), Ratio(borg, ours, goalBorg), Ratio(qemu, ours, 0));
    }

    public void Print()
    {
        foreach (var row in rows)
        {
            var line = row[0].PadRight(40);
            foreach (var cell in row[1..]) line += cell.PadLeft(20);
            Console.WriteLine(line);
        }
    }

    static string Cpu(Cost? cost) => cost is null ? "-" : cost.CpuS.ToString("0.000", CultureInfo.InvariantCulture);

    static string Wall(Cost? cost) => cost is null ? "-" : cost.WallS.ToString("0.00", CultureInfo.InvariantCulture);

    static string Ratio(Cost? other, Cost? ours, double goal) => other is null || ours is null
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{other.CpuS / ours.CpuS:0.0}{(goal > 0 ? $" (goal {goal})" : "")}");
}
