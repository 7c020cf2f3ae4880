using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Tests.Capture;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Tests.Fidelity;

public sealed class FidelityContractTests
{
    /// <summary>Fields that no sandbox cloud can be made to show, with why.</summary>
    static readonly ImmutableDictionary<string, string> NotInTheSandbox = new Dictionary<string, string>
    {
        ["server.schedulerHints"] = "of 2.100",
        ["server.trustedImageCertificates"] = "needs a key manager",
        ["serverGroup.maxServerPerHost"] = "see the test of its own",
        ["subnet.serviceTypes"] = "see the test of its own",
        ["subnet.dnsPublishFixedIp"] = "of an extension",
        ["volume.group"] = "see the test of its own",
        ["volume.isEncrypted"] = "needs a key manager",
        ["volume.isMultiattach"] = "see the test of its own",
    }.ToImmutableDictionary();

    [Fact]
    public Task Every_field_of_the_contract_is_captured_with_a_value_of_its_own() => BlueprintCaptureTests.WithRichAsync(async (house, _) =>
    {
        var blueprint = (await BlueprintCaptureTests.CaptureAsync(house, new WorkloadSelection.WholeProject())).Blueprint;

        var missing = FidelityContract.Captured
            .Where(field => !NotInTheSandbox.ContainsKey(field.Key))
            .Where(field => FidelityContract.ValuesOf(field, blueprint).All(value => value is false or 0 or 0L or ""))
            .Select(field => field.Key);

        Assert.Empty(missing);
    });

    [Fact]
    public void No_field_stands_twice_and_none_is_left_out_without_a_reason()
    {
        Assert.Empty(FidelityContract.All.GroupBy(field => field.Key).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.All(FidelityContract.All, field => Assert.NotEqual("", field.WhyNotCaptured));
        Assert.True(FidelityContract.Captured.Count() > 120, "Reflection lost the fields of the blueprint.");
    }
}
