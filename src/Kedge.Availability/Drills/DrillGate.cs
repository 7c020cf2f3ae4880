using Kedge.Availability.Audit;
using Kedge.Availability.Fencing;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Drills;

/// <summary>Why a drill would not be a drill but a disaster. A drill takes something away on purpose, so all else must be well.</summary>
public static class DrillGate
{
    /// <summary>Empty: go ahead.</summary>
    /// <param name="findings">Of the audit, with the evidence of fencing trials.</param>
    public static IReadOnlyList<string> Reasons(Fault fault, string node, Cib cib, ClusterStatus status, IReadOnlyList<Finding> findings)
    {
        var takesNode = fault is not (Fault.ServiceKilled or Fault.ServiceHung);
        var reasons = findings.Where(finding => finding.Weight == Weight.Danger).Select(finding => $"{finding.Rule}: {finding.Subject}: {finding.What}").ToList();
        if (takesNode)
        {
            reasons.AddRange(findings.Where(finding => finding is { Rule: "fencing-untested", Weight: < Weight.Danger } && finding.Subject == node)
                .Select(finding => $"{finding.Rule}: {finding.What}; kedge ha fence-test {node}"));
            // That services move is what the drill is for; that the others cannot carry on is not.
            reasons.AddRange(NodeLoss.Reasons(cib, status, node));
        }
        reasons.AddRange(status.Resources.Where(one => one.Failed || one.Blocked).Select(one => $"{one.Id} is {(one.Failed ? "failed" : "blocked")} already"));
        return [.. reasons.Distinct()];
    }
}
