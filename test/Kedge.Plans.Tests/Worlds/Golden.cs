using System.Runtime.CompilerServices;

namespace Kedge.Plans.Tests;

/// <summary>Compares with a checked-in text; with KEDGE_REWRITE_GOLDEN=1 it writes the text instead, to be reviewed as a diff.</summary>
internal static class Golden
{
    public static void Compare(string name, string actual, [CallerFilePath] string caller = "") =>
        CompareFile(Path.Combine(ProjectFolder(caller), "golden", name), actual);

    /// <summary>A golden text that is also documentation: its path is relative to the root of the source.</summary>
    public static void CompareDocument(string path, string actual, [CallerFilePath] string caller = "") =>
        CompareFile(Path.Combine(ProjectFolder(caller), "..", "..", path), actual);

    private static void CompareFile(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable("KEDGE_REWRITE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing: run with KEDGE_REWRITE_GOLDEN=1 and review it.");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string ProjectFolder(string caller)
    {
        var folder = Path.GetDirectoryName(caller)!;
        while (!File.Exists(Path.Combine(folder, "Kedge.Plans.Tests.csproj")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException($"No project above {caller}.");
        return folder;
    }
}
