using Kedge.Plans;

namespace Kedge.Recovery.Steps;

/// <summary>How much of a plan of ours happens at once.</summary>
public static class RecoveryLimits
{
    /// <summary>Wide enough that the path of the longest steps is never in the queue behind short ones, narrow enough for a small cloud's APIs.</summary>
    public static RunLimits Of(Plan plan) => new() { Total = Math.Clamp(plan.Steps.Length, 1, 128), LaneDefault = 32 };
}
