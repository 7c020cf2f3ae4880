using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Mapping;
using Kedge.Sandbox;

namespace Kedge.Recovery.Tests;

/// <summary>A target that is ready for the small workload, and the plan of its failover to there.</summary>
sealed class SmallTarget : IAsyncDisposable
{
    SmallTarget(House house, Plan plan)
    {
        House = house;
        Plan = plan;
    }

    public House House { get; }

    public Plan Plan { get; }

    public static string ExclusiveKey => FailoverRunbook.ExclusiveKey(SmallWorkload.Workload);

    public static async Task<SmallTarget> MakeAsync(
        LostPrimary primary, Func<SandboxSettings, SandboxSettings>? b = null, FloatingIpPolicy floatingIps = FloatingIpPolicy.NewAddress, int attempts = 4)
    {
        var house = House.WithTargetOnly(primary.Store, s => (b ?? (x => x))(s with { VolumeTypes = ["standard", "shared"] }), attempts);
        // Neutron makes a project's group default at the first look.
        await house.LiveAsync(async () => await house.SiteB.Tenant.Network.ListSecurityGroupsAsync(NetworkFilter.None, default).ToListAsync());
        var world = house.B.World;
        string IdOf(ResourceKind kind, string name) => world.List(kind).First(r => r["name"]!.GetValue<string>() == name)["id"]!.GetValue<string>();
        var image = world.List(ResourceKind.Image)[0]["id"]!.GetValue<string>();
        await AdminCall.PostAsync(house.B, $"/volume/v3/{world.ProjectId("admin")}/types/{IdOf(ResourceKind.VolumeType, "shared")}/extra_specs", """{"extra_specs":{"multiattach":"<is> True"}}""");
        var mapping = SmallWorkload.Mapping(
            world.ProjectId("demo"), IdOf(ResourceKind.Flavor, "m1.small"), IdOf(ResourceKind.Network, "public"), IdOf(ResourceKind.VolumeType, "standard"),
            IdOf(ResourceKind.VolumeType, "shared"), world.UserId("other")) with { FloatingIps = floatingIps };
        var plan = FailoverRunbook.Write(
            SmallWorkload.Workload, SmallWorkload.Point(primary.Root, primary.Shared, image), SmallWorkload.Blueprint, mapping, new FailoverRequest("fire in A", "ann"));
        return new SmallTarget(house, plan);
    }

    /// <summary>One run, from its acceptance to wherever it gets.</summary>
    public Task<RunState> FailOverAsync() => FailOverAsync((_, step) => step);

    /// <param name="change">What happens to a step before it is run.</param>
    public Task<RunState> FailOverAsync(Func<PlannedStep, Step, Step> change) => House.LiveAsync(() => House.BeginAndExecuteAsync(Plan, ExclusiveKey, change));

    public ValueTask DisposeAsync() => House.DisposeAsync();
}
