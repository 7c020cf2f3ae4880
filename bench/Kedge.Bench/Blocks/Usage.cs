using System.Runtime.InteropServices;

namespace Kedge.Bench.Blocks;

/// <summary>CPU seconds, user and system, from getrusage(2).</summary>
static partial class Usage
{
    const int Self = 0;
    const int Children = -1;

    public static double OfSelf() => Of(Self);

    /// <summary>Of all children that have ended.</summary>
    public static double OfChildren() => Of(Children);

    static double Of(int who)
    {
        Span<long> usage = stackalloc long[18];
        return GetRusage(who, ref usage[0]) == 0 ? usage[0] + usage[1] / 1e6 + usage[2] + usage[3] / 1e6 : throw new InvalidOperationException("getrusage failed.");
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetRusage(int who, ref long usage);
}
