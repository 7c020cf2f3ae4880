using Kedge.OpenStack.Compute;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox.Faults;
using Kedge.Sandbox.Workloads;

namespace Kedge.Recovery.Tests.Capture;

/// <summary>What is missing, moved or out of reach while a workload is read.</summary>
public sealed class TornCaptureTests
{
    static readonly WorkloadSelection ThreeTiers = new WorkloadSelection.ByTag(ThreeTierWorkload.Tag);

    [Fact]
    public Task A_volume_that_is_detached_meanwhile_fails_the_capture_and_is_named() => BlueprintCaptureTests.WithTiersAsync(async (house, tiers) =>
    {
        AtFirst(house, "/volumes/detail", () => house.SiteA.Admin!.Compute.DetachVolumeAsync(new(tiers.AppServerId), new(tiers.AppDataVolumeId), CancellationToken.None));

        var failed = await Assert.ThrowsAsync<CaptureException>(() => BlueprintCaptureTests.CaptureAsync(house, ThreeTiers));

        Assert.Contains($"volume {tiers.AppDataVolumeId} of server {tiers.AppServerId} is not so to Cinder", failed.Message, StringComparison.Ordinal);
        Assert.True(failed.MayPass);
    });

    [Fact]
    public Task A_port_that_is_unplugged_meanwhile_fails_the_capture() => BlueprintCaptureTests.WithTiersAsync(async (house, tiers) =>
    {
        var ports = (await BlueprintCaptureTests.CaptureAsync(house, ThreeTiers)).Blueprint.Servers.Single(server => server.Id.Value == tiers.WebServerId).Ports;
        AtFirst(house, "/ports", () => house.SiteA.Admin!.Compute.DetachPortAsync(new(tiers.WebServerId), new(ports[0].Port.Value), CancellationToken.None));

        var failed = await Assert.ThrowsAsync<CaptureException>(() => BlueprintCaptureTests.CaptureAsync(house, ThreeTiers));

        Assert.Contains($"server web ({tiers.WebServerId})", failed.Message, StringComparison.Ordinal);
        Assert.True(failed.MayPass);
    });

    [Fact]
    public Task An_image_that_was_deleted_since_is_named_and_its_servers_are_captured() => BlueprintCaptureTests.WithTiersAsync(async (house, tiers) =>
    {
        await house.SiteA.Admin!.Images.DeleteImageAsync(new(tiers.ImageId), CancellationToken.None);

        var blueprint = (await BlueprintCaptureTests.CaptureAsync(house, ThreeTiers)).Blueprint;

        Assert.Empty(blueprint.Images);
        Assert.Equal(3, blueprint.Servers.Length);
        Assert.Contains(blueprint.Unreadable, field => field is { Resource: "image", Field: "*" } && field.Id.Value == tiers.ImageId);
    });

    [Fact]
    public Task Another_users_key_is_read_by_an_admin_and_else_named_as_unreadable() => BlueprintCaptureTests.WithTiersAsync(async (house, tiers) =>
    {
        var admin = house.SiteA.Admin!;
        await admin.Compute.ImportKeypairAsync(new NewKeypair("boss", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDbX4q1YlDdKjM3xR0m9c7m2m9pJqj2tqv1v2m3n4o5p boss"), CancellationToken.None);
        await admin.Compute.CreateServerAsync(
            new NewServer { Name = "boss", Flavor = new("1"), Image = new(tiers.ImageId), Ports = [], KeyName = "boss", Tags = [ThreeTierWorkload.Tag] }, CancellationToken.None);

        var seen = (await BlueprintCaptureTests.CaptureAsync(house, ThreeTiers)).Blueprint;
        var unseen = (await new BlueprintCapture(house.Clock).CaptureAsync(
            BlueprintCaptureTests.Workload(ThreeTiers), new Site("A", house.SiteA.Tenant, null), null, CancellationToken.None)).Blueprint;

        Assert.NotNull(seen.Keypairs.Single(keypair => keypair.Name == "boss").PublicKey);
        Assert.Equal(seen.Servers.Single(server => server.Name == "boss").KeyOwner, seen.Keypairs.Single(keypair => keypair.Name == "boss").User);
        Assert.Null(unseen.Keypairs.Single(keypair => keypair.Name == "boss").PublicKey);
        Assert.Contains(unseen.Unreadable, field => field is { Resource: "keypair", Field: "publicKey" } && field.Why.Contains("admin", StringComparison.Ordinal));
    });

    [Fact]
    public async Task A_capture_goes_on_through_a_hiccup()
    {
        await using var house = House.WithTwoClouds();
        await ThreeTierWorkload.BuildAsync(house.A, CancellationToken.None);
        var hiccups = 0;
        house.A.Faults.OnCall = call => call.Method == "GET" && call.Number % 7 == 0 && hiccups++ < 10 ? new FaultAction.Refuse(503, "hiccup") : FaultAction.None;

        var captured = await house.LiveWithSocketsAsync(() => BlueprintCaptureTests.CaptureAsync(house, ThreeTiers));

        Assert.Equal(3, captured.Servers);
        Assert.True(hiccups > 0);
    }

    static void AtFirst(House house, string path, Func<Task> happens)
    {
        var happened = false;
        house.A.Faults.OnCall = call =>
        {
            if (happened || call.Method != "GET" || !call.Path.EndsWith(path, StringComparison.Ordinal))
                return FaultAction.None;
            happened = true;
            happens().GetAwaiter().GetResult();
            return FaultAction.None;
        };
    }
}
