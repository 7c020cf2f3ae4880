using Kedge.HaLab.Tests.Measuring;

namespace Kedge.HaLab.Tests;

/// <summary>Faults from which the users' service returns by itself, each once.</summary>
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

    [Fact]
    public async Task While_services_die_in_turn_a_user_hardly_notices()
    {
        var (asked, lost, killed) = await DyingInTurn.RunAsync(retry: true, TimeSpan.FromSeconds(40), Cancel);

        Assert.True(killed > 2);
        Assert.True(lost < asked / 2, $"{lost} of {asked} requests were lost.");
    }

    static async Task MeasureAsync(string setup, Fault fault) => await Measurement.RunAsync(setup, fault, Cancel);
}
