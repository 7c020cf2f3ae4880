using System.Globalization;
using System.Xml.Linq;

namespace Kedge.Availability.Pacemaker;

/// <summary>What the controller of one node has written down about one resource there: its last start or stop, its monitors, its last failure.</summary>
/// <param name="Instance">As the node names it: of a clone whose copies differ it ends with a colon and a number.</param>
public sealed record ResourceHistory(string Node, string Instance, IReadOnlyList<OperationRecord> Operations)
{
    const int Running = 0;
    const int Promoted = 8;

    /// <summary>The resource's id in the configuration.</summary>
    public string Resource => Instance.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 ? Instance[..colon] : Instance;

    /// <summary>Pacemaker is starting, stopping or moving it at this moment: what it looks like now says nothing.</summary>
    public bool InFlight => Operations.Any(one => one is { Pending: true, Name: not "monitor" });

    /// <summary>Pacemaker takes it for running here, and knows of no failure since.</summary>
    public bool Runs
    {
        get
        {
            var last = Operations.Where(one => !one.IsRecurring && !one.IsFailure).MaxBy(one => one.Call);
            if (last is null || last.Pending || last.Answer is not (Running or Promoted) || last.Name is "stop" or "migrate_to" or "delete")
                return false;
            var failed = Operations.Where(one => one.IsFailure && one.Answer is not (Running or Promoted)).MaxBy(one => one.Call);
            return failed is null || failed.Call < last.Call;
        }
    }

    /// <summary>All that the nodes have written down; empty for a CIB without status.</summary>
    internal static IEnumerable<ResourceHistory> Read(XElement cib) =>
        from state in cib.Elements("status").Elements("node_state")
        from resource in state.Elements("lrm").Elements("lrm_resources").Elements("lrm_resource")
        select new ResourceHistory(
            (string?)state.Attribute("uname") ?? "",
            (string?)resource.Attribute("id") ?? "",
            [.. resource.Elements("lrm_rsc_op").Select(OperationRecord.Read)]);
}

/// <param name="Call">Rises with each operation of the node; -1 while pending.</param>
/// <param name="Answer">The agent's answer as OCF numbers it: 0 running, 7 not running, 8 promoted, 193 not yet known.</param>
/// <param name="IsFailure">The record that Pacemaker keeps of the last failure.</param>
public sealed record OperationRecord(string Name, int Call, int Answer, bool Pending, bool IsRecurring, bool IsFailure)
{
    internal static OperationRecord Read(XElement op) => new(
        (string?)op.Attribute("operation") ?? "",
        Number(op, "call-id"),
        Number(op, "rc-code"),
        Number(op, "op-status") == -1,
        Number(op, "interval") > 0,
        ((string?)op.Attribute("id") ?? "").EndsWith("_last_failure_0", StringComparison.Ordinal));

    static int Number(XElement op, string name) => int.TryParse((string?)op.Attribute(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
