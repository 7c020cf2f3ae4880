using System.Runtime.CompilerServices;

namespace Kedge.Recovery.Tests;

/// <summary>
/// Text that outsiders see, kept in a file, so that a change of it is a diff to review. <c>KEDGE_REWRITE_GOLDEN=1</c> writes the files anew.
/// </summary>
static class Golden
{
    public static void Demand(string file, string actual, [CallerFilePath] string caller = "")
    {
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(caller)!, file));
        if (Environment.GetEnvironmentVariable("KEDGE_REWRITE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        var kept = File.Exists(path) ? File.ReadAllText(path) : "";
        Assert.True(kept == actual, $"{path} differs from what is now:\n{actual}\nIf that is meant, run again with KEDGE_REWRITE_GOLDEN=1 and review the diff.");
    }
}
