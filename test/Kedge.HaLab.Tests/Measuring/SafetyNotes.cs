using System.Globalization;

namespace Kedge.HaLab.Tests.Measuring;

/// <summary>What the faults showed in which waiting is right: kept beside the measurements, for the page.</summary>
static class SafetyNotes
{
    static string Kept => Path.Combine(HaLab.State, "ha-safety.tsv");

    public static void Add(string fault, string note)
    {
        File.AppendAllText(Kept, $"{TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}\t{fault}\t{note}\n");
        Console.WriteLine($"{fault}: {note}");
        RecoveryPage.Write();
    }

    public static IEnumerable<(string Fault, string[] Notes)> All => !File.Exists(Kept)
        ? []
        : File.ReadLines(Kept).Select(line => line.Split('\t')).GroupBy(line => line[1]).Select(notes => (notes.Key, notes.Select(line => line[2]).ToArray()));
}
