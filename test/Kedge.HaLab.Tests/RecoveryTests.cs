using Kedge.HaLab.Tests.Measuring;

namespace Kedge.HaLab.Tests;

/// <summary>Faults from which the users' service returns by itself. The long form does each ten times, and measures the other set-ups too.</summary>
public sealed class RecoveryTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_service_hardly_costs_its_users_a_request() => await MeasureAsync("kedge", Fault.ServiceKilled);

    [Fact]
    public async Task A_hung_service_is_found_out_and_run_anew() => await MeasureAsync("kedge", Fault.ServiceHung);

    [Fact]
    public async Task A_node_without_power_is_fenced_and_the_virtual_ip_answers_elsewhere() => await MeasureAsync("kedge", Fault.NodeKilled);

    [Fact]
    public async Task The_dc_without_power_is_no_worse_than_another_node() => await MeasureAsync("kedge", Fault.DcKilled);

    [Fact]
    public async Task A_node_without_a_cable_is_fenced_before_its_services_run_elsewhere() => await MeasureAsync("kedge", Fault.CableCut);

    [Fact]
    public async Task Nodes_that_are_all_switched_on_at_once_serve_again() => await MeasureAsync("kedge", Fault.AllSwitchedOnAtOnce);

    [Theory]
    [InlineData("modern")]
    [InlineData("paper")]
    public async Task The_same_faults_in_another_set_up_are_for_comparison(string setup)
    {
        Assert.SkipWhen(Measurement.Rounds < 2, "Only dev/lab ha measure compares.");
        foreach (var fault in new[] { Fault.ServiceKilled, Fault.ServiceHung, Fault.NodeKilled, Fault.DcKilled, Fault.CableCut })
            await MeasureAsync(setup, fault);
    }

    static async Task MeasureAsync(string setup, Fault fault)
    {
        for (var round = 0; round < Measurement.Rounds; round++)
            await Measurement.RunAsync(setup, fault, Cancel);
        RecoveryPage.Write();
    }
}
