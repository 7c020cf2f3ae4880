using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;

namespace Kedge.Recovery.Readiness;

/// <summary>
/// Lists every reason why a failover would not work now, from what the target's side knows. Only reads, never asks the primary, and makes a
/// number of calls that is bounded by the size of the workload.
/// </summary>
public static class ReadinessCheck
{
    public static async Task<ReadinessReport> RunAsync(ReadinessQuestion question, TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (question.Point is not { } point || question.Blueprint is not { } blueprint)
            return new ReadinessReport(question.Workload.Name, now, question.Unreadable is [] ? [NoPoint(question)] : [.. question.Unreadable.Select(why => Unreadable(question, why))]);

        var findings = new Findings(question, blueprint, point);
        foreach (var why in question.Unreadable)
            findings.Add(Unreadable(question, why));
        PointChecks.Judge(findings, now);
        if (question.Mapping is null && question.Unreadable is [])
            findings.Blocks(ReasonCodes.MappingMissing, $"workload {question.Workload.Name}", "Nothing says what stands for what at the target.", $"kedge mapping propose {question.Workload.Name}");
        try
        {
            await question.To.Tenant.AuthenticateAsync(cancel);
            await AskTargetAsync(findings, cancel);
        }
        catch (OpenStackException e)
        {
            findings.Blocks(ReasonCodes.TargetUnreachable, $"site {question.To.Name}", e.Message, "Make the target answer, then ask again: what it would have said is missing here.");
        }
        return new ReadinessReport(question.Workload.Name, now, findings.All);
    }

    static async Task AskTargetAsync(Findings findings, CancellationToken cancel)
    {
        await findings.AskAsync("rights", () => RightChecks.AskAsync(findings, cancel));
        if (findings.Mapping is { } mapping)
            await findings.AskAsync("mapping", () => AskMappingAsync(findings, mapping, cancel));
        await findings.AskAsync("compute quota", () => QuotaChecks.AskComputeAsync(findings, cancel));
        await findings.AskAsync("network quota", () => QuotaChecks.AskNetworkAsync(findings, cancel));
        await findings.AskAsync("block storage quota", () => QuotaChecks.AskStorageAsync(findings, cancel));
        await findings.AskAsync("addresses", () => AddressChecks.AskAsync(findings, cancel));
        await findings.AskAsync("subnets", () => SubnetChecks.AskAsync(findings, cancel));
        await findings.AskAsync("keypairs", () => KeypairChecks.AskAsync(findings, cancel));
        await findings.AskAsync("images", () => PointChecks.AskImagesAsync(findings, cancel));
        await findings.AskAsync("standbys", () => PointChecks.AskStandbysAsync(findings, cancel));
    }

    static async Task AskMappingAsync(Findings findings, SiteMapping mapping, CancellationToken cancel)
    {
        try
        {
            foreach (var problem in await MappingCheck.CheckAsync(mapping, findings.Blueprint, findings.To, cancel))
                findings.Blocks(ReasonCodes.MappingWrong, $"mapping {problem.Field}", problem.What, $"{problem.Fix} kedge mapping set {mapping.Workload} FILE");
        }
        catch (MappingException e)
        {
            findings.Blocks(ReasonCodes.MappingWrong, "mapping", e.Message, "Correct the site's entry in clouds.yaml.");
        }
    }

    static Reason Unreadable(ReadinessQuestion question, string why) => new(
        ReasonCodes.RecordUnreadable, Severity.Blocks, $"workload {question.Workload.Name}", why, "Mend what it names; what else may be missing is not known before.");

    static Reason NoPoint(ReadinessQuestion question) => new(
        ReasonCodes.NoPoint, Severity.Blocks, $"workload {question.Workload.Name}", "There is no usable recovery point.", $"kedge protect {question.Workload.Name}");
}
