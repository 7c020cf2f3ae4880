using Kedge.Sandbox.Compute;

namespace Kedge.Sandbox.Faults;

/// <summary>
/// What goes wrong in a cloud. Everything here is off at first; hooks run on the caller's thread, outside the cloud's lock, one call each.
/// </summary>
public sealed class SandboxFaults
{
    readonly Lock gate = new();
    readonly HashSet<string> serversOfDownCell = [];
    long callsUntilPowerLoss = -1;
    bool cutsAfterTheEffect;

    /// <summary>Decides the fate of each call; null lets all pass.</summary>
    public Func<SandboxCall, FaultAction>? OnCall { get; set; }

    /// <summary>
    /// Asked when a server is about to become ACTIVE, with its name; a text makes it end in ERROR with that fault message
    /// (such as <see cref="NoValidHost"/>), null lets it live.
    /// </summary>
    public Func<string, string?>? OnBoot { get; set; }

    /// <summary>Asked when a volume is about to become available, with its name; true makes it end in <c>error</c>.</summary>
    public Func<string, bool>? OnVolumeReady { get; set; }

    /// <summary>Asked when a backup is about to become available, with its name; a text makes it end in <c>error</c> with that reason.</summary>
    public Func<string, string?>? OnBackupReady { get; set; }

    /// <summary>Whether the caller's power has been cut; every later call throws <see cref="PowerLost"/> until <see cref="PowerBack"/>.</summary>
    public bool IsPowerLost { get; private set; }

    /// <summary>Nova's message when the scheduler finds no place.</summary>
    public static string NoValidHost => Placement.NoValidHost;

    /// <summary>Cuts the caller's power before the <paramref name="n"/>th call from now (0 is the next one) leaves it.</summary>
    public void CrashBefore(long n) => Arm(n, false);

    /// <summary>Cuts the caller's power after the <paramref name="n"/>th call from now (0 is the next one) took effect.</summary>
    public void CrashAfter(long n) => Arm(n, true);

    /// <summary>Ends an armed or happened power cut.</summary>
    public void PowerBack()
    {
        lock (gate)
        {
            callsUntilPowerLoss = -1;
            IsPowerLost = false;
        }
    }

    /// <summary>These servers lie in a cell whose database does not answer: UNKNOWN from 2.69, left out of lists before.</summary>
    public void DownCell(params IEnumerable<string> serverIds)
    {
        lock (gate)
            serversOfDownCell.UnionWith(serverIds);
    }

    /// <summary>All cells answer again.</summary>
    public void CellsUp()
    {
        lock (gate)
            serversOfDownCell.Clear();
    }

    internal bool IsInDownCell(string serverId)
    {
        lock (gate)
            return serversOfDownCell.Contains(serverId);
    }

    internal FaultAction Decide(SandboxCall call)
    {
        lock (gate)
        {
            if (IsPowerLost)
                throw new PowerLost($"The power is off; {call} was not sent.");
            if (callsUntilPowerLoss == 0)
            {
                callsUntilPowerLoss = -1;
                return cutsAfterTheEffect ? new FaultAction.LosePowerAfter() : new FaultAction.LosePowerBefore();
            }
            if (callsUntilPowerLoss > 0)
                callsUntilPowerLoss--;
        }
        return OnCall?.Invoke(call) ?? FaultAction.None;
    }

    internal PowerLost CutPower(SandboxCall call, string moment)
    {
        lock (gate)
            IsPowerLost = true;
        return new PowerLost($"Power lost {moment} {call}.");
    }

    void Arm(long n, bool afterTheEffect)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        lock (gate)
        {
            callsUntilPowerLoss = n;
            cutsAfterTheEffect = afterTheEffect;
        }
    }
}
