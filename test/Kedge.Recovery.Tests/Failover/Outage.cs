using System.Collections.Immutable;
using Kedge.Plans;
using Kedge.Sandbox.Faults;

namespace Kedge.Recovery.Tests.Failover;

/// <summary>One of the moments at which the machine that runs kedge can lose its power.</summary>
public enum Moment
{
    Never,
    BeforeCall,
    DuringCall,
    AfterCall,
    AtWrite,
}

/// <summary>
/// Cuts the power of the process under test at its nth call to cloud B, or at its nth write of the journal (two for each: before it is on disk,
/// and after). From then on nothing is sent and nothing is written, until <see cref="PowerBack"/>.
/// </summary>
sealed class Outage
{
    readonly House house;
    readonly Moment moment;
    readonly int number;
    bool isLost;

    public Outage(House house, Moment moment, int number)
    {
        this.house = house;
        this.moment = moment;
        this.number = number;
        house.B.Faults.OnCall = OnCall;
        house.Journal.OnWrite = OnWrite;
    }

    /// <summary>The calls so far.</summary>
    public List<SandboxCall> Calls { get; } = [];

    public int Writes { get; private set; }

    public bool Happened { get; private set; }

    public void PowerBack()
    {
        isLost = false;
        house.B.Faults.PowerBack();
    }

    FaultAction OnCall(SandboxCall call)
    {
        if (isLost)
            return new FaultAction.LosePowerBefore();
        Calls.Add(call);
        if (Happened || Calls.Count - 1 != number || moment is Moment.AtWrite or Moment.Never)
            return FaultAction.None;
        isLost = Happened = true;
        return moment switch
        {
            Moment.BeforeCall => new FaultAction.LosePowerBefore(),
            Moment.DuringCall => new FaultAction.LosePowerUnderway(),
            _ => new FaultAction.LosePowerAfter(),
        };
    }

    void OnWrite(WriteMoment when, ImmutableArray<RunEvent> events)
    {
        if (isLost)
            throw new PowerLostException("before");
        if (!Happened && moment is Moment.AtWrite && Writes == number)
        {
            isLost = Happened = true;
            throw new PowerLostException($"{when} {events[0].GetType().Name}");
        }
        Writes++;
    }
}
