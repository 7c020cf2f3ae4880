using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.SiteLoss;

namespace Kedge.Recovery.Steps;

/// <summary>
/// How much of a plan of ours happens at once. A cloud's APIs are spared by the client's limit on calls under way; these limits bound what
/// the cloud is left working at.
/// </summary>
public static class RecoveryLimits
{
    /// <summary>
    /// A failover's steps wait for the cloud more than they call it, and Cinder and Nova queue what is more than they do at once: narrow lanes
    /// only add our waves to their queues (measured: 100 servers took 4.3 times as long as one with lanes of 32). Everything else
    /// works at a cloud that lives, or moves bytes through this process: narrower.
    /// </summary>
    public static RunLimits Of(Plan plan) => plan.Kind is SiteLossRunbook.Kind
        ? new() { Total = SiteLossFacts.Of(plan).AtOnce, LaneDefault = SiteLossFacts.Of(plan).AtOnce }
        : plan.Kind is FailoverRunbook.Kind
        ? new() { Total = Math.Clamp(plan.Steps.Length, 1, 1024), LaneDefault = 256 }
        : new() { Total = Math.Clamp(plan.Steps.Length, 1, 128), LaneDefault = 32 };
}
