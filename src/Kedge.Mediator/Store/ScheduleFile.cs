using Kedge.Plans;

namespace Kedge.Mediator.Store;

/// <summary>
/// The file of an embedded mediator's schedules. Nothing in it cannot be made again from workloads and open runs: damaged, it may be
/// moved away.
/// </summary>
static class ScheduleFile
{
    static readonly SqliteScripts File = new("schedules", "a damaged file may be moved away, it is made again.");

    /// <exception cref="JournalException">It cannot be opened, or is from a newer version.</exception>
    public static void Prepare(string path, TimeProvider clock) => Prepare(path, Scripts.Of("sqlite"), clock);

    internal static void Prepare(string path, IReadOnlyList<Script> scripts, TimeProvider clock) => File.Apply(path, scripts, clock);
}
