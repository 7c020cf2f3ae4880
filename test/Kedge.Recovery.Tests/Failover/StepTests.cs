using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Kedge.OpenStack;
using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Tests.Failover;

/// <summary>Single steps, where a whole failover would hide what they do.</summary>
public sealed class StepTests
{
    [Fact]
    public async Task A_server_is_well_when_its_port_takes_a_connection()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var step = new WaitForHealth("B", "web", port, "127.0.0.1", null, null, null);

        var well = await step.RunAsync(NoSites, Run(step), CancellationToken.None);
        listener.Stop();
        var unwell = await step.RunAsync(NoSites, Run(step), CancellationToken.None);

        Assert.IsType<StepOutcome.Done>(well);
        Assert.IsType<StepOutcome.NotYet>(unwell);
    }

    [Theory]
    [InlineData("200 OK", true)]
    [InlineData("302 Found", true)]
    [InlineData("503 Service Unavailable", false)]
    public async Task A_server_is_well_when_it_answers_from_200_to_399(string status, bool isWell)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener, status);
        var step = new WaitForHealth("B", "web", null, null, new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/health"), null, null);

        var outcome = await step.RunAsync(NoSites, Run(step), CancellationToken.None);
        await answering;

        Assert.Equal(isWell, outcome is StepOutcome.Done);
    }

    [Fact]
    public async Task Choosing_an_address_in_a_shared_network_takes_an_admin_and_without_one_the_missing_right_is_named()
    {
        await using var house = House.WithTwoClouds();
        await house.LiveAsync(async () =>
        {
            var (network, subnet) = await SharedNetworkAsync(house);
            var step = PortIn(network, subnet, "192.168.7.77");
            var withoutAdmin = new SiteSet(new Dictionary<string, Site> { ["B"] = new("B", house.SiteB.Tenant, null) });

            var refused = await Assert.ThrowsAsync<OpenStackException>(() => step.RunAsync(withoutAdmin, Run(step), CancellationToken.None));
            var made = await step.RunAsync(house.Sites, Run(step), CancellationToken.None);

            Assert.Contains("role or policy", RecoveryFaults.Read(refused)!.WhatToDo, StringComparison.Ordinal);
            Assert.Contains("192.168.7.77", Assert.IsType<StepOutcome.Done>(made).Note, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task An_address_that_the_network_there_cannot_have_is_left_to_it_and_told()
    {
        await using var house = House.WithTwoClouds();
        await house.LiveAsync(async () =>
        {
            var (network, subnet) = await SharedNetworkAsync(house);
            var step = PortIn(network, subnet, "10.99.0.5");

            var made = Assert.IsType<StepOutcome.Done>(await step.RunAsync(house.Sites, Run(step), CancellationToken.None));

            Assert.Contains("has not 10.99.0.5", made.Result!.Value.GetRawText(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task What_was_made_twice_is_removed_at_the_end_and_what_others_made_stays()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);
        var house = target.House;
        var run = await target.FailOverAsync();
        var first = run.Plan.GetStep("network/network-front");

        var (kept, extra, others) = await house.LiveAsync(async () =>
        {
            var neutron = house.SiteB.Tenant.Network;
            var twin = await neutron.CreateNetworkAsync(new NewNetwork { Name = "front", Description = $"kedge:{run.Run}:{first.Mark}" }, default);
            var other = await neutron.CreateNetworkAsync(new NewNetwork { Name = "front", Description = $"kedge:{new string('0', 32)}:{first.Mark}" }, default);
            var sweep = RecoveryStepJson.Parse(run.Plan.GetStep(SweepDuplicates.StepId));
            Assert.IsType<StepOutcome.NotYet>(await sweep.RunAsync(house.Sites, Run(sweep, run), default));
            Assert.IsType<StepOutcome.Done>(await sweep.RunAsync(house.Sites, Run(sweep, run), default));
            var own = new NetworkId(Made.Of(run.Steps[first.Id])!.Id);
            return (await neutron.FindNetworkAsync(own, default), await neutron.FindNetworkAsync(twin.Id, default), await neutron.FindNetworkAsync(other.Id, default));
        });

        Assert.NotNull(kept);
        Assert.Null(extra);
        Assert.NotNull(others);
    }

    static SiteSet NoSites { get; } = new(new Dictionary<string, Site>());

    static async Task<(string Network, string Subnet)> SharedNetworkAsync(House house)
    {
        var admin = house.SiteB.Admin!.ForProject(new(house.B.World.ProjectId("admin"))).Network;
        var network = await admin.CreateNetworkAsync(new NewNetwork { Name = "shared", IsShared = true }, default);
        var subnet = await admin.CreateSubnetAsync(new NewSubnet { NetworkId = network.Id, Cidr = "192.168.7.0/24", IpVersion = 4 }, default);
        return (network.Id.Value, subnet.Id.Value);
    }

    static CreatePort PortIn(string network, string subnet, string address) => new(
        "B",
        new PortBlueprint
        {
            Id = new SourceId("p"), Name = "eth0", Network = new SourceId("n"), MacAddress = "fa:16:3e:00:00:77",
            FixedIps = [new Blueprints.FixedIp(new SourceId("s"), address)],
        },
        IsOwnNetwork: false,
        [],
        new Counterparts(ImmutableSortedDictionary<string, Counterpart>.Empty.Add("n", Counterpart.There(network)).Add("s", Counterpart.There(subnet))));

    static StepRun Run(RecoveryStep step, RunState? of = null) => new()
    {
        Run = of?.Run ?? RunId.Parse(new string('a', 32)),
        Step = new PlannedStep
        {
            Id = "step/1", Kind = RecoveryStepJson.KindOf(step), Title = step.Title, Arguments = RecoveryStepJson.Write(step), Expected = step.Expected, Deadline = step.Deadline,
        },
        Attempt = 1,
        Clock = TimeProvider.System,
        StartedAt = TimeProvider.System.GetUtcNow(),
        Results = id => of?.Steps.GetValueOrDefault(id)?.Result,
    };

    static async Task AnswerAsync(TcpListener listener, string status)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        await stream.ReadAtLeastAsync(new byte[4096], 16);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nLocation: /\r\nConnection: close\r\n\r\n"));
    }
}
