namespace Kedge.Recovery.Policies;

/// <summary>What can be wrong with a policy whose file has the right shape.</summary>
public static class PolicyRules
{
    /// <summary>A point takes snapshots, backups and copies in two clouds: below this the next one would begin before the last is there.</summary>
    static readonly TimeSpan ShortestRpo = TimeSpan.FromMinutes(1);

    public static IEnumerable<string> MistakesIn(Policy policy)
    {
        if (policy.Rpo < ShortestRpo)
            yield return "rpo is at least 1m";
        if (policy.Rto is { } rto && rto <= TimeSpan.Zero)
            yield return "rto is more than nothing";
        var retention = policy.Retention;
        foreach (var (name, value) in new[]
        {
            ("keepLast", retention.KeepLast), ("hourly", retention.Hourly), ("daily", retention.Daily), ("weekly", retention.Weekly),
            ("monthly", retention.Monthly), ("fullEvery", retention.FullEvery),
        })
        {
            if (value is < 0 or > 10_000)
                yield return $"retention.{name} is from 0 to 10000";
        }
    }
}
