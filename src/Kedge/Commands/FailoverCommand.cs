using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Home;
using Kedge.Output;
using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Readiness;
using Kedge.Recovery.Workloads;

namespace Kedge.Commands;

/// <summary><c>kedge failover</c>: the primary is lost.</summary>
static class FailoverCommand
{
    public static Command Create(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("WORKLOAD") { Description = "The workload." };
        var reason = new Option<string>("--reason") { Description = "Why; it stays in the journal.", DefaultValueFactory = _ => "not said" };
        var point = new Option<string?>("--point") { Description = "Recover to this point instead of the newest usable one." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var force = new Option<bool>("--force") { Description = "Begin although readiness names reasons against it; recorded with the run." };
        var command = new Command(
            "failover",
            """
            The primary is lost: bring the workload up at its target. The primary is not asked for anything.
            Killed at any moment and started again, it goes on where it was. Make sure that the old servers cannot come back to life
            beside the new ones: Kedge does not fence them.
            """) { name, reason, point, yes, force };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var workload = await kedge.Workloads.GetAsync(parsed.GetValue(name)!, cancel);
            await using var journal = await kedge.OpenJournalAsync(cancel);
            var run = await InterruptedRun.FindAsync(journal, FailoverRunbook.Kind, FailoverRunbook.ExclusiveKey(workload), around, cancel);
            if (run is null)
            {
                if (!parsed.GetValue(force) && await LiveCopy.FindAsync(journal, workload, cancel) is { } copy)
                {
                    around.Error.WriteLine(
                        $"kedge: {workload.Name} was brought up at {workload.To} by run {copy.Run} of {Moments.Text(copy.AcceptedAt)}; a second failover would make a second copy beside it.");
                    around.Error.WriteLine($"       If that is not wanted any more: kedge cleanup {copy.Run}. If it is gone for sure: --force.");
                    return ExitCodes.Conflict;
                }
                var plan = await PrepareAsync(kedge, journal, workload, parsed.GetValue(point), parsed.GetValue(reason)!, parsed.GetValue(force), around, cancel);
                if (plan is null)
                    return ExitCodes.NotReady;
                if (!parsed.GetValue(yes) && !Confirm(plan, around))
                    return ExitCodes.Conflict;
                run = RunId.Create(around.Clock);
                await journal.BeginAsync(run.Value, plan, FailoverRunbook.ExclusiveKey(workload), RunOwner.Current, cancel);
            }
            else if (parsed.GetValue(point) is { } asked)
            {
                await DemandPointAsync(journal, run.Value, asked, cancel);
            }
            var state = await RunFollower.ExecuteAsync(kedge, journal, run.Value, around, cancel);
            output.Print(parsed, around.Output, FailoverReport.Of(state));
            return RunFollower.Report(state, around);
        });
        return command;
    }

    /// <summary>Null: not ready, and nobody forced it.</summary>
    internal static async Task<Plan?> PrepareAsync(
        KedgeHome kedge, IJournal journal, Workload workload, string? point, string reason, bool force, Surroundings around, CancellationToken cancel)
    {
        // Says which is missing, the repository or the point, before anything else does.
        await PointChoice.GetAsync(await kedge.OpenRepositoryAsync(cancel), workload.Name, point, cancel);
        await using var desk = await EmbeddedDesk.OpenAsync(kedge, journal, around.Clock, cancel);
        var prepared = point is null
            ? await PreparedFailover.OfNewestAsync(desk.Desk, workload, cancel)
            : await PreparedFailover.OfPointAsync(desk.Desk, workload, point, cancel);
        var report = await ReadinessCheck.RunAsync(prepared.Question(await kedge.GetSiteAsync(workload.To, cancel)), around.Clock, cancel);
        foreach (var found in report.Reasons)
            around.Error.WriteLine($"{(found.Severity is Severity.Blocks ? "BLOCKS" : "warns ")}  {found.Resource}: {found.What} {found.WhatToDo}");
        foreach (var remark in prepared.Definition?.Remarks ?? [])
            around.Error.WriteLine($"note    {remark}");
        if (!report.IsReady && !force)
        {
            around.Error.WriteLine("kedge: not ready; nothing was begun. Mend what blocks, or insist with --force.");
            return null;
        }
        if (prepared.Mapping is null)
            await kedge.Mappings.GetAsync(workload.Name, cancel);
        var forced = force && report.Reasons.Length > 0 ? $" (forced against: {string.Join("; ", report.Reasons.Select(found => found.What))})" : "";
        return prepared.Write(new FailoverRequest(reason + forced, $"{Environment.UserName}@{Environment.MachineName}"));
    }

    /// <summary>Whoever names a point has a reason, a clean one perhaps: a run that was begun for another is not gone on with in its place.</summary>
    static async Task DemandPointAsync(IJournal journal, RunId run, string asked, CancellationToken cancel)
    {
        var begun = FailoverFacts.Of((await journal.GetStateAsync(run, cancel)).Plan).Point;
        if (begun != asked)
            throw new RefusedException(
                $"Not gone on after all: run {run} was begun for point {begun}, not for {asked}. To go on with it, leave --point away. "
                + $"To begin anew: kedge run abandon {run}, kedge cleanup {run}, then this again.");
    }

    static bool Confirm(Plan plan, Surroundings around)
    {
        var facts = FailoverFacts.Of(plan);
        around.Error.WriteLine($"{plan.Title}: {plan.Steps.Length} steps, expected to take about {PlanText.Say(plan.CriticalPath)}.");
        around.Error.WriteLine(
            $"Point {facts.Point}: what was written after {Moments.Text(facts.DataAt)} is lost ({PlanText.Say(around.Clock.GetUtcNow() - facts.DataAt)}).");
        if (!around.IsTerminal)
            throw new UsageException("Nobody can be asked here: say --yes.");
        around.Error.Write("Go on? Type the workload's name to begin: ");
        return around.Input.ReadLine()?.Trim() == plan.Subject || Refused(around);
    }

    static bool Refused(Surroundings around)
    {
        around.Error.WriteLine("Nothing was begun.");
        return false;
    }
}

/// <summary>What a failover came to, as it is shown.</summary>
static class FailoverReport
{
    public static Shown.Fields Of(RunState state)
    {
        var result = FailoverResult.Of(state);
        return new Shown.Fields(
        [
            ("run", result.Run.Value), ("workload", result.Workload), ("phase", result.Phase.ToString()), ("point", result.Facts.Point),
            ("data_at", Moments.Text(result.Facts.DataAt)), ("declared_at", Moments.Text(result.DeclaredAt)), ("reason", result.Facts.Reason), ("who", result.Facts.Who),
            ("rpo_achieved", PlanText.Say(result.RpoAchieved)), ("rpo_achieved_s", Math.Round(result.RpoAchieved.TotalSeconds, 1)),
            ("rto_achieved", result.RtoAchieved is { } rto ? PlanText.Say(rto) : null),
            ("rto_achieved_s", result.RtoAchieved is { } seconds ? Math.Round(seconds.TotalSeconds, 1) : null),
            ("servers", new JsonArray([.. result.Servers.Select(ServerOf)])),
            ("volumes", new JsonArray([.. result.Volumes.Select(VolumeOf)])),
            ("floating_ips", new JsonArray([.. result.FloatingIps.Select(ip => (JsonNode)new JsonObject { ["source"] = ip.Source, ["target"] = ip.Target, ["fixed_ip"] = ip.FixedIp })])),
            ("not_as_captured", new JsonArray([.. result.NotAsCaptured.Select(text => (JsonNode?)text)])),
        ]);
    }

    /// <summary>Verified is said of a volume that was read back as a whole before its server booted, and of nothing else.</summary>
    static JsonObject VolumeOf(RestoredVolume volume) => new()
    {
        ["name"] = volume.Name, ["method"] = volume.Method.ToString().ToLowerInvariant(), ["from_standby"] = volume.IsWarm, ["read_back"] = volume.Verified, ["verified"] = volume.Verified >= 1,
    };

    static JsonObject ServerOf(RestoredServer server) => new()
    {
        ["name"] = server.Name, ["source"] = server.Source.Value, ["target"] = server.Target,
        ["addresses"] = new JsonArray([.. server.Addresses.Select(address => (JsonNode?)address)]),
        ["up_at"] = Moments.Text(server.UpAt), ["healthy_at"] = Moments.Text(server.HealthyAt),
    };
}
