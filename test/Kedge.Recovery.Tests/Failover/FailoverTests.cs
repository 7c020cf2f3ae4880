using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Mapping;
using Kedge.Sandbox;
using Kedge.Sandbox.Faults;

namespace Kedge.Recovery.Tests.Failover;

/// <summary>What a failover meets at its target: all of it through the target's own API.</summary>
public sealed class FailoverTests
{
    [Fact]
    public async Task A_workload_comes_up_at_the_target_with_its_bytes()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);

        var run = await target.FailOverAsync();

        Assert.True(run.Phase is RunPhase.Finished, run.Reason);
        var world = target.House.B.World;
        var root = world.List(ResourceKind.Volume).Single(v => v["name"]!.GetValue<string>() == "db-root")["id"]!.GetValue<string>();
        Assert.Equal(LostPrimary.OldBytes.ToArray(), world.ReadVolumeBytes(root, 4096, LostPrimary.OldBytes.Length));
        Assert.Equal(LostPrimary.NewBytes.ToArray(), world.ReadVolumeBytes(root, 1 << 20, LostPrimary.NewBytes.Length));
    }

    [Fact]
    public async Task The_result_tells_what_was_lost_how_long_it_took_and_what_is_not_as_it_was()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);

        var result = FailoverResult.Of(await target.FailOverAsync());

        Assert.Equal(result.DeclaredAt - SmallWorkload.At, result.RpoAchieved);
        Assert.InRange(result.RtoAchieved!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Assert.Equal(["10.1.0.11", "10.1.0.12"], result.Servers.SelectMany(s => s.Addresses));
        Assert.All(result.FloatingIps, f => Assert.StartsWith("203.0.113.", f.Target, StringComparison.Ordinal));
        Assert.Contains(result.NotAsCaptured, s => s.StartsWith("Floating IP 198.51.100.110 became 203.0.113.", StringComparison.Ordinal));
        Assert.Contains(result.NotAsCaptured, s => s.Contains("Server group apart", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_ids_of_the_cloud_stand_in_the_journal()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);

        var run = await target.FailOverAsync();

        Assert.All(run.Steps["server/server-db"].Calls, call => Assert.StartsWith("req-", call.RequestId, StringComparison.Ordinal));
        Assert.NotEmpty(run.Steps["server/server-db"].Calls);
    }

    [Fact]
    public async Task Two_failovers_of_one_workload_at_once_are_refused()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);
        var first = RunId.Create(target.House.Clock);
        await target.House.Journal.BeginAsync(first, target.Plan, SmallTarget.ExclusiveKey, "host/1", default);

        var refused = await Assert.ThrowsAsync<RunConflictException>(target.FailOverAsync);

        Assert.Equal(first, refused.Holder);
    }

    [Fact]
    public async Task A_target_that_goes_away_half_way_is_waited_for()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary, attempts: 1);
        var clock = target.House.Clock;
        DateTimeOffset? until = null;
        target.House.B.Faults.OnCall = call =>
        {
            if (call.Number > 80)
                until ??= clock.GetUtcNow() + TimeSpan.FromHours(3);
            return clock.GetUtcNow() < until ? new FaultAction.LoseRequest() : FaultAction.None;
        };

        var run = await target.FailOverAsync();

        Assert.True(run.Phase is RunPhase.Finished, run.Reason);
        Assert.True(clock.Elapsed > TimeSpan.FromHours(3));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(409)]
    [InlineData(503)]
    public async Task A_refusal_that_passes_is_waited_out(int status)
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary, attempts: 1);
        var refusals = 0;
        target.House.B.Faults.OnCall = call => call.IsWrite && call.Path.EndsWith("/servers", StringComparison.Ordinal) && refusals++ < 3
            ? new FaultAction.Refuse(status, "not now", TimeSpan.FromSeconds(2))
            : FaultAction.None;

        var run = await target.FailOverAsync();

        Assert.True(run.Phase is RunPhase.Finished, run.Reason);
        Assert.True(refusals > 3);
    }

    [Fact]
    public async Task A_mac_address_in_use_stops_the_run_and_names_who_has_it_and_the_resumed_run_ends()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);
        var house = target.House;
        var intruder = new Intruder(house, "fa:16:3e:00:00:02");

        var stopped = await target.FailOverAsync((planned, step) => planned.Id == "port/port-web" ? intruder.Before(step) : step);
        await house.LiveAsync(() => house.SiteB.Admin!.Network.DeletePortAsync(intruder.Port!.Value, default));
        var resumed = await house.LiveAsync(() => house.NewProcess().ExecuteAsync(stopped.Run, null, default));

        Assert.Equal(RunPhase.Stopped, stopped.Phase);
        Assert.Contains(intruder.Port!.Value.Value, stopped.Reason, StringComparison.Ordinal);
        Assert.True(resumed.Phase is RunPhase.Finished, resumed.Reason);
    }

    [Fact]
    public async Task A_quota_that_is_too_small_stops_the_run_and_names_it_and_a_larger_one_lets_it_end()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);
        target.House.B.World.SetQuota("compute", "demo", "instances", 1);

        var stopped = await target.FailOverAsync();
        target.House.B.World.SetQuota("compute", "demo", "instances", 10);
        var resumed = await target.House.LiveAsync(() => target.House.NewProcess().ExecuteAsync(stopped.Run, null, default));

        Assert.Equal(RunPhase.Stopped, stopped.Phase);
        Assert.Contains("instances", stopped.Reason, StringComparison.Ordinal);
        Assert.Contains("quota", stopped.Steps["server/server-web"].WhatToDo, StringComparison.Ordinal);
        Assert.True(resumed.Phase is RunPhase.Finished, resumed.Reason);
    }

    [Fact]
    public async Task A_server_without_a_place_stops_the_run_and_the_message_says_so()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);
        target.House.B.Faults.OnBoot = name => name == "db" ? SandboxFaults.NoValidHost : null;

        var stopped = await target.FailOverAsync();

        Assert.Equal(RunPhase.Stopped, stopped.Phase);
        Assert.Contains("No valid host", stopped.Reason, StringComparison.Ordinal);
        Assert.Contains("No host there takes it", stopped.Steps["server/server-db"].WhatToDo, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_volume_whose_restore_fails_stops_the_run_and_is_named()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);
        target.House.B.Faults.OnVolumeReady = name => name == "db-root";

        var stopped = await target.FailOverAsync();

        Assert.Equal(RunPhase.Stopped, stopped.Phase);
        Assert.Contains("db-root", stopped.Reason, StringComparison.Ordinal);
        Assert.Contains("Delete the volume", stopped.Steps["volume/volume-root"].WhatToDo, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_that_is_known_already_is_not_imported_over_where_that_would_destroy_it()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary, b => b with { Policies = b.Policies with { LegacyDestructiveImport = true } });
        var link = primary.Root[0];
        await target.House.LiveAsync(() => target.House.SiteB.Admin!.BlockStorage.ImportBackupRecordAsync(new(link.Service, link.Url), default));

        var run = await target.FailOverAsync();

        Assert.True(run.Phase is RunPhase.Finished, run.Reason);
        Assert.DoesNotContain(target.House.B.Calls.Skip(20), c => c.Path.EndsWith("import_record", StringComparison.Ordinal) && run.Steps[$"backup-record/{link.BackupId}"].Calls.Any(x => x.RequestId == c.RequestId));
    }

    [Fact]
    public async Task The_same_floating_ip_is_taken_where_the_target_has_it()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary, b => b with { ExternalCidr = "198.51.100.0/24" }, FloatingIpPolicy.SameAddress);

        var run = await target.FailOverAsync();

        Assert.True(run.Phase is RunPhase.Finished, run.Reason);
        Assert.All(FailoverResult.Of(run).FloatingIps, f => Assert.Equal(f.Source, f.Target));
    }

    /// <summary>Somebody else takes a MAC in the network that the run has just made, before the run itself needs it.</summary>
    sealed class Intruder(House house, string mac)
    {
        public PortId? Port { get; private set; }

        public Step Before(Step step) => new Late(this, step);

        async Task TakeAsync(CancellationToken cancel)
        {
            var network = house.B.World.List(ResourceKind.Network).First(n => n["name"]!.GetValue<string>() == "front")["id"]!.GetValue<string>();
            Port ??= (await house.SiteB.Admin!.Network.CreatePortAsync(new NewPort { NetworkId = new NetworkId(network), MacAddress = mac, FixedIps = [] }, cancel)).Id;
        }

        sealed record Late(Intruder Intruder, Step Inner) : Step
        {
            public override async Task<StepOutcome> RunAsync(StepRun run, CancellationToken cancel)
            {
                await Intruder.TakeAsync(cancel);
                return await Inner.RunAsync(run, cancel);
            }
        }
    }
}
