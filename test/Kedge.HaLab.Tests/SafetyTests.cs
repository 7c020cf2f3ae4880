using Kedge.HaLab.Tests.Measuring;

namespace Kedge.HaLab.Tests;

/// <summary>Faults in which doing nothing, or waiting, is right, each once.</summary>
public sealed class SafetyTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_of_three_nodes_lost_stop_the_services_fence_nobody_and_return_with_the_quorum() => await WaitingIsRight.TwoOfThreeLostAsync(Cancel);

    [Fact]
    public async Task While_fencing_is_broken_nothing_of_a_lost_node_starts_elsewhere_until_the_operator_says_that_it_is_off() => await WaitingIsRight.FencingBrokenAsync(byHand: true, Cancel);

    [Fact]
    public async Task A_starved_machine_fences_nobody() => await WaitingIsRight.StarvedAsync(TimeSpan.FromSeconds(30), Cancel);
}
