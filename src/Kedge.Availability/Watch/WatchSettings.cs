namespace Kedge.Availability.Watch;

/// <summary>How closely a node is watched. The defaults cost well under one percent of a core for twenty services.</summary>
/// <param name="Rescan">How often the CIB is read for what runs here now.</param>
/// <param name="RescanSoon">The same for a while after something died, until its successor is there.</param>
/// <param name="ProbeEvery">Between two questions to one API.</param>
/// <param name="ProbeLimit">An API that has not answered until then counts as silent.</param>
/// <param name="Tries">So many silent or refused answers in a row are a suspicion.</param>
/// <param name="LookAgain">For a process that is not there yet, or perhaps stopped.</param>
public sealed record WatchSettings(TimeSpan Rescan, TimeSpan RescanSoon, TimeSpan ProbeEvery, TimeSpan ProbeLimit, int Tries, TimeSpan LookAgain)
{
    public static readonly WatchSettings Default = new(
        TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500), 3, TimeSpan.FromMilliseconds(250));

    /// <summary>After this long without a suspicion the node is read at the slower pace again.</summary>
    public static readonly TimeSpan SoonLasts = TimeSpan.FromSeconds(20);
}
