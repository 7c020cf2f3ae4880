using System.Collections.Immutable;
using System.Text;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Tests.Capture;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;

namespace Kedge.Recovery.Tests.Fidelity;

/// <summary>
/// The rich workload is captured in A, failed over to B and captured there: what differs must be listed here with its reason, and the page
/// docs/fidelity.md says for each field what becomes of it.
/// </summary>
public sealed class FidelityTests
{
    /// <summary>Set by the image's copy at protection time, and tested there.</summary>
    static bool IsOfCopy(FidelityField field) => field.Resource is "image";

    /// <summary>What dev/lab test holds against real clouds, one key a line.</summary>
    static readonly Lazy<HashSet<string>> InLab = new(() =>
        [.. File.ReadLines(Path.Combine(Folder(), "compared-in-lab.txt")).Select(line => line.Trim()).Where(line => line is not "" && line[0] != '#')]);

    static readonly Lazy<Task<(Blueprint Source, Blueprint Target, ImmutableArray<FieldDifference> Differences)>> FailedOver = new(FailOverAsync);

    [Fact]
    public async Task Every_field_is_at_the_target_as_it_was_captured_but_for_those_listed_with_a_reason()
    {
        var (_, _, differences) = await FailedOver.Value;

        Assert.Empty(differences.Where(d => !BlueprintComparison.NotRestored.ContainsKey(d.Key)).Select(d => d.ToString()));
    }

    [Fact]
    public async Task Who_does_not_know_the_ids_of_the_run_comes_to_the_same()
    {
        var (source, target, _) = await FailedOver.Value;

        Assert.Empty(BlueprintComparison.Compare(source, target).Select(d => d.ToString()));
    }

    [Fact]
    public async Task The_comparison_notices_any_one_field_that_is_lost()
    {
        var (source, _, _) = await FailedOver.Value;
        var lost = source with { Servers = [.. source.Servers.Select(s => s with { Hostname = "another" })] };

        var differences = BlueprintComparison.Between(source, lost, ImmutableDictionary<string, string>.Empty);

        Assert.Equal("server.hostname", differences.Select(d => d.Key).Distinct().Single());
    }

    [Fact]
    public async Task The_page_on_fidelity_says_what_the_tests_found()
    {
        var (source, _, differences) = await FailedOver.Value;

        Golden.Demand("../../../docs/fidelity.md", Page(source, differences));
    }

    static string Page(Blueprint source, ImmutableArray<FieldDifference> differences)
    {
        var page = new StringBuilder("""
            # What comes back, field by field

            Written by `Kedge.Recovery.Tests` (`FidelityTests`; `KEDGE_REWRITE_GOLDEN=1` writes it anew); every *yes* is a test. *Captured*: read from the
            source into the blueprint with the value it has there. *Restored*: has that value, or what stands for it there, after a failover.
            *Sandbox*, *lab*: compared there after a failover, with a value that no cloud gives by itself. What a cloud does not show to the site's
            users is named in the blueprint with what would make it readable.

            """);
        foreach (var resource in FidelityContract.All.GroupBy(one => one.Resource))
        {
            page.Append("\n## ").Append(resource.Key).Append("\n\n| field | captured | restored | sandbox | lab | why not |\n|---|---|---|---|---|---|\n");
            foreach (var one in resource)
                page.Append(Row(one, source, differences)).Append('\n');
        }
        return page.ToString().ReplaceLineEndings("\n");
    }

    static string Row(FidelityField one, Blueprint source, ImmutableArray<FieldDifference> differences)
    {
        var why = one.WhyNotCaptured ?? (one.Field is "id" or "rules.id" ? "the service there gives another; references follow it" : BlueprintComparison.NotRestored.GetValueOrDefault(one.Key));
        var isRestored = why is null;
        var isCompared = isRestored && !IsOfCopy(one) && !differences.Any(d => d.Key == one.Key)
            && FidelityContract.ValuesOf(one, source).Any(v => one.Key == "server.volumes.bootIndex" || v is not (false or 0 or 0L or ""));
        var cells = new[] { one.WhyNotCaptured is null, isRestored, isCompared, isRestored && InLab.Value.Contains(one.Key) }.Select(so => so ? "yes" : "no");
        return $"| {one.Field} | {string.Join(" | ", cells)} | {why ?? (IsOfCopy(one) ? "set on the copy when the point is made" : "")} |";
    }

    static async Task<(Blueprint, Blueprint, ImmutableArray<FieldDifference>)> FailOverAsync()
    {
        await using var house = House.WithTwoClouds();
        return await house.LiveAsync(async () =>
        {
            await RichWorkload.BuildAsync(house, CancellationToken.None);
            var workload = BlueprintCaptureTests.Workload(new WorkloadSelection.WholeProject());
            var source = (await BlueprintCaptureTests.CaptureAsync(house, workload.Selection)).Blueprint;
            var mapping = await MappingProposal.ProposeAsync(source, house.SiteA, house.SiteB, null, CancellationToken.None);
            var point = await PointOfAsync(house, source);
            await house.A.KillAsync();

            var run = await house.BeginAndExecuteAsync(
                FailoverRunbook.Write(workload, point, source, mapping, new FailoverRequest("fire in A", "ann")), FailoverRunbook.ExclusiveKey(workload));
            Assert.True(run.Phase is RunPhase.Finished, run.Reason);
            var target = (await new BlueprintCapture(house.Clock).CaptureAsync(workload, house.SiteB, null, CancellationToken.None)).Blueprint;
            var ids = IdsOf(run, source, mapping, point);
            foreach (var network in source.Networks.Where(n => n.IsMapped))
                ids[network.Project.Value] = target.Networks.First(n => n.Id.Value == ids[network.Id.Value]).Project.Value;
            return (source, target, BlueprintComparison.Between(source, target, ids));
        });
    }

    /// <summary>A point as protection makes it, but with the copies of root disks that B has already.</summary>
    static async Task<RecoveryPoint> PointOfAsync(House house, Blueprint source)
    {
        var cinder = house.SiteA.Admin!.BlockStorage;
        var image = house.B.World.List(ResourceKind.Image)[0]["id"]!.GetValue<string>();
        var copies = new List<VolumeCopy>();
        foreach (var volume in source.Volumes)
        {
            var id = await cinder.CreateBackupAsync(new NewBackup { VolumeId = new VolumeId(volume.Id.Value), Name = "b", IsForced = true }, default);
            while ((await cinder.GetBackupAsync(id, default)).Status is BackupStatus.Creating)
                await Task.Delay(TimeSpan.FromSeconds(1), house.Clock);
            var record = await cinder.ExportBackupRecordAsync(id, default);
            copies.Add(new VolumeCopy { Volume = volume.Id, DataAt = house.Clock.GetUtcNow(), SizeGib = volume.SizeGib, Chain = [new BackupLink { BackupId = id.Value, Service = record.BackupService, Url = record.BackupUrl }] });
        }
        return SmallWorkload.Point([], [], image) with
        {
            Workload = source.Workload,
            Volumes = [.. copies],
            Images = [.. source.Servers.Where(s => s.Image is not null).Select(s => new ImageCopy { RootDiskOf = s.Id, TargetImageId = image, SizeBytes = 1, HashAlgorithm = "sha512", HashValue = "" })],
        };
    }

    static Dictionary<string, string> IdsOf(RunState run, Blueprint source, SiteMapping mapping, RecoveryPoint point)
    {
        var made = run.Steps.Values.Select(s => (Source: s.Step.Id[(s.Step.Id.LastIndexOf('/') + 1)..], Made: Made.Of(s))).Where(s => s.Made is not null)
            .DistinctBy(s => s.Source).ToDictionary(s => s.Source, s => s.Made!.Id, StringComparer.Ordinal);
        MappedResource[] mapped = [mapping.Project, .. mapping.Flavors, .. mapping.Networks, .. mapping.Subnets, .. mapping.VolumeTypes, .. mapping.KeypairOwners];
        foreach (var resource in mapped.Where(m => m.Target is not null))
            made[resource.Source.Value] = resource.Target!;
        foreach (var server in source.Servers.Where(s => s.Image is not null))
            made[server.Image!.Value.Value] = point.Images[0].TargetImageId;
        return made;
    }

    static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
