namespace Kedge.HaLab.Tests.Measuring;

/// <summary>What is done to the cluster.</summary>
enum Fault
{
    ServiceKilled,
    ServiceHung,
    NodeKilled,
    DcKilled,
    CableCut,
    AllSwitchedOnAtOnce,
    TwoOfThreeLost,
    FencingBroken,
    FencingConfirmed,
}

static class Faults
{
    public static string InWords(Fault fault) => fault switch
    {
        Fault.ServiceKilled => "service killed (nova-api, SIGKILL)",
        Fault.ServiceHung => "service hung (nova-api, SIGSTOP)",
        Fault.NodeKilled => "node killed (the one with the virtual IP, not the DC)",
        Fault.DcKilled => "DC killed",
        Fault.CableCut => "cable cut (the node with the virtual IP)",
        Fault.AllSwitchedOnAtOnce => "all nodes cold-started at once",
        Fault.TwoOfThreeLost => "two of three nodes lost",
        Fault.FencingBroken => "fencing device broken until it is mended",
        Fault.FencingConfirmed => "fencing device broken until the operator confirms (kedge ha confirm-off)",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
