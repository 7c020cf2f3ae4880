using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Home;
using Kedge.OpenStack;
using Kedge.Output;
using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Points;
using Kedge.Recovery.Readiness;
using Kedge.Recovery.Status;
using Kedge.Recovery.Workloads;

namespace Kedge.Commands;

/// <summary><c>kedge workload status</c>: what would be lost, how long recovery would take, and on what evidence.</summary>
static class WorkloadStatusCommand
{
    public static Command Create(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string?>("NAME") { Description = "The workload; without it all of them.", Arity = ArgumentArity.ZeroOrOne };
        var quick = new Option<bool>("--quick") { Description = "Do not ask the target whether a failover would work now." };
        var command = new Command(
            "status",
            """
            Show what would be lost now, how long a recovery would take by what was measured, and whether it would work. Computed from the
            repository, the journal and the target each time. Exit code 0: every promise is kept; 8: one is at risk; 5: one is broken.
            """) { name, quick };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var one = parsed.GetValue(name) is { } wanted ? await kedge.Workloads.GetAsync(wanted, cancel) : null;
            await using var journal = await kedge.OpenJournalAsync(cancel);
            await using var desk = await EmbeddedDesk.OpenAsync(kedge, journal, around.Clock, cancel);
            var all = one is null ? await desk.Desk.Workloads(cancel) : new RecordList<Workload>([one], []);
            var evidence = await JournalEvidence.ReadAsync(journal, cancel);
            var (statuses, unknown) = (new List<WorkloadStatus>(), all.Unreadable.ToList());
            foreach (var workload in all.Records)
            {
                try
                {
                    statuses.Add(await AskAsync(desk.Desk, workload, evidence, parsed.GetValue(quick), cancel));
                }
                catch (Exception e) when (one is null && e is (RecordException or RepositoryException or SettingsException))
                {
                    unknown.Add(new UnreadableRecord(workload.Name, e.Message));
                }
            }
            foreach (var broken in unknown)
                around.Error.WriteLine($"{StatusLevel.Critical,-8}  {broken.Name}: nothing can be told of it: {broken.Why}");
            output.Print(parsed, around.Output, one is null ? Rows(statuses) : Fields(statuses[0]));
            if (one is null)
                Tell(statuses, around);
            return CodeOf(unknown.Count > 0 ? StatusLevel.Critical : statuses.Select(status => status.Level).DefaultIfEmpty().Max());
        });
        return command;
    }

    static async Task<WorkloadStatus> AskAsync(RecoveryDesk desk, Workload workload, JournalEvidence evidence, bool quick, CancellationToken cancel)
    {
        var prepared = await PreparedFailover.OfNewestAsync(desk, workload, cancel);
        var readiness = quick || prepared.Point is null ? null
            : await ReadinessCheck.RunAsync(prepared.Question(await desk.GetSite(workload.To, cancel)), desk.Clock, cancel);
        return await WorkloadStatus.OfAsync(desk, prepared, evidence, readiness, cancel);
    }

    static int CodeOf(StatusLevel level) => level switch
    {
        StatusLevel.Good => ExitCodes.Done,
        StatusLevel.Warning => ExitCodes.AtRisk,
        _ => ExitCodes.NotReady,
    };

    static Shown.Rows Rows(List<WorkloadStatus> statuses) => new(
        ["Name", "Status", "Newest Point", "Age", "RPO", "Verified Point", "Ready", "Recovery", "RTO"],
        [.. statuses.Select(status => new JsonNode?[]
        {
            status.Workload.Name, status.Level.ToString(), status.Point?.Id, Say(status.Age), PlanText.Say(status.Workload.Rpo), status.Verified?.Point,
            ReadyText(status), status.Recovery.Say(status.Recovery.Median), Say(status.Workload.Rto),
        })]);

    static void Tell(List<WorkloadStatus> statuses, Surroundings around)
    {
        foreach (var status in statuses)
        {
            foreach (var reason in status.Reasons.Where(reason => reason.Level is not StatusLevel.Good))
                around.Error.WriteLine($"{reason.Level,-8}  {status.Workload.Name}: {reason.What} {reason.WhatToDo}");
        }
    }

    static Shown.Fields Fields(WorkloadStatus status) => new(
    [
        ("name", status.Workload.Name), ("status", status.Level.ToString()), ("asked_at", Moments.Text(status.AskedAt)),
        ("newest_point", status.Point?.Id), ("data_at", Moments.Text(status.Point?.DataAt)), ("age", Say(status.Age)), ("age_s", Seconds(status.Age)),
        ("rpo", PlanText.Say(status.Workload.Rpo)), ("lag", status.Lag is { } lag ? Math.Round(lag, 2) : null),
        ("verified_point", status.Verified?.Point), ("verified_at", Moments.Text(status.Verified?.At)), ("verified_how", status.Verified?.How ?? "not verified"),
        ("restored_point", status.Restored?.Point), ("restored_at", Moments.Text(status.Restored?.At)), ("restored_how", status.Restored?.How),
        ("definition_at", Moments.Text(status.Definition?.At)), ("definition_looked_at", Moments.Text(status.Look?.LookedAt)), ("definition_look", status.Look?.Outcome.ToString()),
        ("ready", ReadyText(status)), ("rto", Say(status.Workload.Rto)),
        ("recovery_median", status.Recovery.Say(status.Recovery.Median)), ("recovery_median_s", Seconds(status.Recovery.Median)),
        ("recovery_p90", status.Recovery.Say(status.Recovery.Ninetieth)), ("recovery_p90_s", Seconds(status.Recovery.Ninetieth)),
        ("recovery_basis", status.Recovery.Basis),
        ("reasons", new JsonArray([.. status.Reasons.Select(reason => (JsonNode)new JsonObject
        {
            ["level"] = reason.Level.ToString(), ["code"] = reason.Code, ["what"] = reason.What, ["what_to_do"] = reason.WhatToDo,
        })])),
    ]);

    static string ReadyText(WorkloadStatus status) => status.Readiness is { } report ? report.IsReady ? "yes" : "no" : "not asked";

    static string? Say(TimeSpan? time) => time is { } known ? PlanText.Say(known) : null;

    static double? Seconds(TimeSpan? time) => time is { } known ? Math.Round(known.TotalSeconds, 1) : null;
}
