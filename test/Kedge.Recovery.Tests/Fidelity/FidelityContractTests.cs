using Kedge.OpenStack;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Tests.Capture;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Tests.Fidelity;

public sealed class FidelityContractTests
{
    public static TheoryData<string> CapturedFields => [.. FidelityContract.Captured.Select(one => one.Key)];

    /// <summary>Read once: the theory asks a field each of it.</summary>
    static readonly Lazy<Task<Blueprint>> Captured = new(CaptureEveryFieldAsync);

    [Theory]
    [MemberData(nameof(CapturedFields))]
    public async Task A_field_of_the_contract_is_captured_with_a_value_that_no_cloud_gives_by_itself(string key)
    {
        var field = FidelityContract.Captured.Single(one => one.Key == key);

        var values = FidelityContract.ValuesOf(field, await Captured.Value);

        Assert.Contains(values, value => key == "server.volumes.bootIndex" || value is not (false or 0 or 0L or ""));
    }

    [Fact]
    public void No_field_stands_twice_and_none_is_left_out_without_a_reason()
    {
        Assert.Empty(FidelityContract.All.GroupBy(one => one.Key).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.All(FidelityContract.All, one => Assert.NotEqual("", one.WhyNotCaptured));
        Assert.True(FidelityContract.Captured.Count() > 120, "Reflection lost the fields of the blueprint.");
    }

    static async Task<Blueprint> CaptureEveryFieldAsync()
    {
        await using var house = House.WithTwoClouds();
        return await house.LiveAsync(async () =>
        {
            await RichWorkload.BuildAsync(house, CancellationToken.None);
            await using var tenant = Edited(house, "demo");
            await using var admin = Edited(house, "admin");
            var workload = BlueprintCaptureTests.Workload(new WorkloadSelection.WholeProject());
            return (await new BlueprintCapture(house.Clock).CaptureAsync(workload, new Site("A", tenant, admin), null, CancellationToken.None)).Blueprint;
        });
    }

    static Cloud Edited(House house, string user) => Cloud.Connect(
        new CloudSettings
        {
            Name = $"edited-{user}",
            AuthUrl = house.A.AuthUrl,
            Credential = new Credential.Password(new UserReference(null, user, null, "Default"), house.A.Settings.Password),
            Scope = new CloudScope.Project(null, "demo", null, "Default"),
            RegionName = house.A.Settings.Region,
            Limits = new CallLimits { Seed = 1 },
        },
        new EditedAnswers(house.A.CreateHandler()),
        house.Clock);
}
