namespace Kedge.Testing;

/// <summary>
/// The power supply of a simulated process: counts every point that the process passes and goes away at one of them. Gone, it stays
/// gone: every later point fails too, so that nothing happens after the crash. A sweep tries each point in turn.
/// </summary>
/// <param name="cutAt">The number of the point, from 0, at which the power goes; null for never.</param>
/// <param name="failure">The exception to throw there, from the name of the point.</param>
public sealed class Power(int? cutAt, Func<string, Exception> failure)
{
    private readonly Lock gate = new();
    private string? lostAt;

    /// <summary>How many points were passed.</summary>
    public int Passed { get; private set; }

    /// <summary>The name of the point at which the power went; null while it is there.</summary>
    public string? LostAt
    {
        get
        {
            lock (gate)
                return lostAt;
        }
    }

    /// <summary>Passes a point, or throws.</summary>
    public void Pass(string point)
    {
        lock (gate)
        {
            if (lostAt is null && Passed == cutAt)
                lostAt = point;
            if (lostAt is not null)
                throw failure(point);
            Passed++;
        }
    }
}
