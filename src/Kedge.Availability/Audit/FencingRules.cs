using Kedge.Availability.Fencing;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Audit;

/// <summary>Fencing is real, or it is called missing.</summary>
static class FencingRules
{
    static readonly TimeSpan OldProof = TimeSpan.FromDays(90);

    public static IEnumerable<Finding> Of(Cib cib, ClusterStatus status, AuditFacts facts)
    {
        var devices = cib.Primitives.Where(primitive => primitive.IsFencingDevice).ToArray();
        if (cib.Property("stonith-enabled") is "false" or "no" or "off" or "0" or "n")
        {
            yield return new("stonith-off", Weight.Danger, "stonith-enabled", "fencing is switched off",
                "A node that is lost but alive goes on writing while its services start elsewhere: two writers, damaged data.",
                "Configure a fencing device for every node, prove it, then set stonith-enabled=true.");
        }
        if (devices.Length == 0)
        {
            yield return new("no-fencing-device", Weight.Danger, "cluster", "there is no fencing device",
                "With stonith on, nothing of a lost node ever starts elsewhere; with it off, see stonith-off.",
                "Add a device of fence-agents (IPMI, Redfish, libvirt) for every node.");
        }
        foreach (var node in devices.Length == 0 ? [] : status.Nodes)
        {
            foreach (var finding in OfNode(node.Name, devices, status, facts).Concat(Untried(node.Name, cib, devices, facts)))
                yield return finding;
        }
        foreach (var level in cib.FencingLevels)
        {
            if (level.Id.StartsWith(FenceTest.LevelPrefix, StringComparison.Ordinal))
            {
                yield return new("fence-test-left-behind", Weight.Danger, level.Target ?? level.Id, "a fencing trial was cut off: this node has one device only",
                    "When that device is broken, nothing else is tried.", "Put the levels back that are kept beside the evidence (ha-fencing-levels-*.xml in the data directory).");
            }
            foreach (var device in level.Devices.Where(device => devices.All(one => one.Id != device)))
            {
                yield return new("fencing-level-unknown-device", Weight.Danger, level.Id, $"the level names {device}, which is no fencing device",
                    "The level fails whenever it is tried.", "Name a device that exists, or remove the level.");
            }
        }
    }

    /// <summary>Pacemaker's history does not say through which device it was: of several, only a trial proves each.</summary>
    static IEnumerable<Finding> Untried(string node, Cib cib, CibPrimitive[] devices, AuditFacts facts)
    {
        var named = cib.FencingLevels.Where(level => level.Target == node).SelectMany(level => level.Devices).Distinct().Where(device => devices.Any(one => one.Id == device)).ToArray();
        if (named.Length < 2)
            yield break;
        foreach (var device in named.Where(device => !facts.Proofs.Any(proof => proof.Node == node && proof.Device == device)))
        {
            yield return new("fencing-device-untested", Weight.Warning, $"{device} on {node}", "of this node's several devices, this one was never tried",
                "It is asked when another one fails: then it is too late to find out.", $"kedge ha fence-test {node} --device {device}");
        }
    }

    static IEnumerable<Finding> OfNode(string node, CibPrimitive[] devices, ClusterStatus status, AuditFacts facts)
    {
        var history = status.Fencing.Where(fencing => fencing.Target == node).ToArray();
        var proofs = facts.Proofs.Where(proof => proof.Node == node).ToArray();
        if (!history.Any(fencing => fencing.Outcome == "success") && !proofs.Any(proof => proof.Worked))
        {
            yield return new("fencing-untested", Weight.Warning, node, "no device has been proven on this node",
                "Whether the node can be switched off shows only at the first disaster.",
                $"At a quiet hour: kedge ha fence-test {node}");
        }
        foreach (var last in proofs.GroupBy(proof => proof.Device, StringComparer.Ordinal).Select(tried => tried.Last()).Where(proof => devices.Any(one => one.Id == proof.Device)))
        {
            var age = facts.Now - last.At;
            if (!last.Worked)
            {
                yield return new("fencing-device-failed", Weight.Danger, $"{last.Device} on {node}", $"its last trial failed: {last.Why}",
                    "When it is needed it will fail again; without another device nothing of the node starts elsewhere.",
                    $"Mend it, then: kedge ha fence-test {node} --device {last.Device}");
            }
            else if (age > OldProof)
            {
                yield return new("fencing-proof-old", Weight.Warning, $"{last.Device} on {node}", $"it last worked {age.TotalDays:0} days ago",
                    "Passwords, firmware and cables change without telling.", $"kedge ha fence-test {node} --device {last.Device}");
            }
        }
        if (history.FirstOrDefault() is { Outcome: "failed" or "pending" } failing)
        {
            yield return new("fencing-failing", Weight.Danger, node, $"the last fencing of this node is {failing.Outcome}",
                "What ran on the node does not start elsewhere until fencing succeeds or a person confirms that it is off.",
                $"Mend the device; or see that the node is really off, then: kedge ha confirm-off {node}");
        }
    }
}
