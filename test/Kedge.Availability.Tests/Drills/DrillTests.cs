using Kedge.Availability.Audit;
using Kedge.Availability.Drills;
using Kedge.Availability.Pacemaker;
using Kedge.Availability.Tests.Pacemaker;
using Kedge.Availability.Tests.Watch;
using Kedge.Availability.Watch;
using Kedge.Testing;

namespace Kedge.Availability.Tests.Drills;

public sealed class DrillTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    readonly FakeClock clock = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_service_is_measured_from_the_fault_to_the_answer()
    {
        var played = new Played(clock, (Seconds: 1.5, Cib: Failed), (Seconds: 2.0, Cib: Restarted));

        var result = await MeasureAsync(played, seconds => seconds is < 0.5 or > 3.0);

        Assert.InRange(result.SeenS!.Value, 1.5, 1.6);
        Assert.InRange(result.RecoveredS!.Value, 3.0, 3.1);
        Assert.InRange(result.SilentS!.Value, 2.4, 2.6);
        Assert.True(result.Recovered);
    }

    [Fact]
    public async Task What_nobody_notices_is_not_recovered()
    {
        var result = await MeasureAsync(new Played(clock), seconds => seconds < 0.5);

        Assert.Equal((null, null, false), (result.SeenS, result.RecoveredS, result.Recovered));
        Assert.Equal("Pacemaker did not notice", result.Remark);
    }

    [Fact]
    public async Task Running_again_without_answering_is_not_recovered()
    {
        var result = await MeasureAsync(new Played(clock, (1.5, Failed), (2.0, Restarted)), seconds => seconds < 0.5);

        Assert.NotNull(result.SeenS);
        Assert.False(result.Recovered);
    }

    [Fact]
    public async Task A_fault_that_could_not_be_done_ends_the_drill_and_says_so()
    {
        var measure = new FaultMeasure(new Cluster(new Played(clock), clock), null, clock);

        var result = await SimulatedTime.RunAsync(clock, () => measure.MeasureAsync(
            Fault.ServiceKilled, "p_nova_api", "n2", _ => Task.FromException(new ClusterException(ClusterFault.Refused, "no such process")), Limit, Cancel));

        Assert.Equal("no such process", result.Remark);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_drill_is_refused_when_the_audit_finds_a_danger()
    {
        Finding[] danger = [new("stonith-off", Weight.Danger, "stonith-enabled", "fencing is switched off", "", "")];

        Assert.NotEmpty(Gate(Fault.ServiceKilled, danger));
        Assert.Empty(Gate(Fault.ServiceKilled, []));
    }

    [Fact]
    public void A_node_that_no_device_was_proven_on_is_not_taken_away()
    {
        Finding[] untested = [new("fencing-untested", Weight.Warning, "n3", "no device has been proven", "", "")];

        Assert.NotEmpty(Gate(Fault.NodeLost, untested));
        Assert.Empty(Gate(Fault.ServiceKilled, untested));
    }

    [Fact]
    public async Task A_service_is_hit_with_all_its_children_by_the_pidfile_it_names()
    {
        var heard = new Heard();
        var orders = new FaultOrders(_ => heard, heard, ["power", "off", "{node}"], null);

        await orders.DoAsync(Fault.ServiceHung, Node.Api with { PidFile = "/run/it's.pid" }, "n2", Cancel);
        await orders.DoAsync(Fault.NodeLost, null, "n2", Cancel);

        Assert.Contains("kill -STOP $(tree \"$p\")", heard.Commands[0], StringComparison.Ordinal);
        Assert.Contains("'/run/it'\\''s.pid'", heard.Commands[0], StringComparison.Ordinal);
        Assert.Equal("power off n2", heard.Commands[1]);
    }

    static IReadOnlyList<string> Gate(Fault fault, IReadOnlyList<Finding> findings) =>
        DrillGate.Reasons(fault, "n3", Cib.Parse(Sample.Read("cib.xml")), ClusterStatus.Parse(Sample.Read("crm_mon_healthy.xml")), findings);

    Task<DrillResult> MeasureAsync(Played played, Func<double, bool> answers)
    {
        var measure = new FaultMeasure(
            new Cluster(played, clock), token => Task.FromResult(answers(clock.Elapsed.TotalSeconds)), clock);
        return SimulatedTime.RunAsync(clock, () => measure.MeasureAsync(Fault.ServiceKilled, "p_nova_api", "n2", _ => Task.CompletedTask, Limit, Cancel));
    }

    static string Failed => WatchListTests.Running(text => text.Replace("call-id=\"320\" rc-code=\"0\"", "call-id=\"399\" rc-code=\"7\"", StringComparison.Ordinal)).ToString();

    static string Restarted => WatchListTests.Running(text => text.Replace("call-id=\"328\"", "call-id=\"402\"", StringComparison.Ordinal)).ToString();

    /// <summary>A cluster whose CIB changes at given times.</summary>
    sealed class Played(FakeClock clock, params (double Seconds, string Cib)[] scenes) : IClusterCommands
    {
        readonly string first = WatchListTests.Running().ToString();
        readonly string status = Sample.Read("crm_mon_healthy.xml");

        public Task<CommandAnswer> RunAsync(IReadOnlyList<string> command, string? input, TimeSpan limit, CancellationToken cancel) => Task.FromResult(command switch
        {
            ["crm_mon", ..] => new CommandAnswer(0, status, ""),
            _ => new CommandAnswer(0, scenes.LastOrDefault(scene => scene.Seconds <= clock.Elapsed.TotalSeconds).Cib ?? first, ""),
        });
    }

    sealed class Heard : IClusterCommands
    {
        public List<string> Commands { get; } = [];

        public Task<CommandAnswer> RunAsync(IReadOnlyList<string> command, string? input, TimeSpan limit, CancellationToken cancel)
        {
            Commands.Add(string.Join(' ', command));
            return Task.FromResult(new CommandAnswer(0, "", ""));
        }
    }
}
