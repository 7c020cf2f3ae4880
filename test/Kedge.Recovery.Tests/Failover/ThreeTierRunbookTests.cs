using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Tests.Capture;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox.Workloads;

namespace Kedge.Recovery.Tests.Failover;

public sealed class ThreeTierRunbookTests
{
    [Fact]
    public async Task The_printed_runbook_of_the_three_tiers_is_as_it_was_reviewed()
    {
        await using var house = House.WithTwoClouds();
        await ThreeTierWorkload.BuildAsync(house.A, CancellationToken.None);

        var plan = await house.LiveAsync(async () =>
        {
            var selection = new WorkloadSelection.ByTag(ThreeTierWorkload.Tag);
            var workload = BlueprintCaptureTests.Workload(selection) with
            {
                Servers =
                [
                    new ServerRule { Server = "db", Priority = 2, Health = new HealthCheck.Tcp(5432, "10.0.0.1") },
                    new ServerRule { Server = "app", After = ["db"], Priority = 1 },
                    new ServerRule { Server = "web", After = ["app"], Health = new HealthCheck.Tcp(80, null) },
                ],
            };
            var blueprint = (await BlueprintCaptureTests.CaptureAsync(house, selection)).Blueprint;
            var mapping = await MappingProposal.ProposeAsync(blueprint, house.SiteA, house.SiteB, null, CancellationToken.None);
            var point = SmallWorkload.Point([], [], "") with
            {
                Workload = blueprint.Workload,
                Volumes = [.. blueprint.Volumes.Select(v => new VolumeCopy { Volume = v.Id, DataAt = SmallWorkload.At, SizeGib = v.SizeGib, Chain = [Link("full", v.Name), Link("incremental", v.Name)] })],
                Images = [.. blueprint.Servers.Where(s => s.Image is not null).Select(s => new ImageCopy { RootDiskOf = s.Id, TargetImageId = s.Name, SizeBytes = 1, HashAlgorithm = "sha512", HashValue = "" })],
            };
            return FailoverRunbook.Write(workload, point, blueprint, mapping, new FailoverRequest("fire in A", "ann"));
        });

        Golden.Demand("three-tier.runbook.txt", PlanText.Print(plan));
    }

    static BackupLink Link(string kind, string? volume) => new() { BackupId = $"{kind}-of-{volume}", Service = "s", Url = "u" };
}
