using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Home;
using Kedge.Output;
using Kedge.Plans;
using Kedge.Recovery.SiteLoss;

namespace Kedge.Commands;

/// <summary><c>kedge site declare-lost</c>: every workload of a site is failed over.</summary>
static class DeclareLostCommand
{
    public static Command Create(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "The site that is lost." };
        var reason = new Option<string>("--reason") { Description = "Why; it stays in the journal.", Required = true };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var force = new Option<bool>("--force") { Description = "Begin workloads although readiness or the target's quota names reasons against it." };
        var atOnce = new Option<int>("--at-once") { Description = "Failovers under way at once at each target.", DefaultValueFactory = _ => SiteLossRequest.UsuallyAtOnce };
        var preview = new Option<bool>("--preview") { Description = "Show what it would do, and do nothing." };
        var command = new Command(
            "declare-lost",
            """
            A site is lost: fail over every workload of it whose policy allows it, the highest priority and the most urgent RTO first. It shows
            the point, the age of the data lost and the predicted time of each, and asks. The lost site is not asked for anything. Killed at any
            moment and started again, it goes on where it was; a workload that fails does not stop the others. Make sure that the old servers
            stay dead: Kedge does not fence them. Exit code 0: all are up; 4: some failed; 5: some were not ready, did not fit, or
            could not be read.
            """) { name, reason, yes, force, atOnce, preview };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var site = parsed.GetValue(name)!;
            await kedge.Sites.GetAsync(site, cancel);
            if (parsed.GetValue(atOnce) < 1)
                throw new UsageException("--at-once: at least 1.");
            await using var journal = await kedge.OpenJournalAsync(cancel);
            var run = parsed.GetValue(preview) ? null : await InterruptedRun.FindAsync(journal, SiteLossRunbook.Kind, SiteLossRunbook.ExclusiveKey(site), around, cancel);
            if (run is null)
            {
                var shown = await PreviewAsync(kedge, journal, site, around, cancel);
                if (parsed.GetValue(preview))
                {
                    output.Print(parsed, around.Output, SiteLossReport.Of(shown));
                    return shown.IsReady ? ExitCodes.Done : ExitCodes.NotReady;
                }
                Printer.Print(around.Error, SiteLossReport.Of(shown), OutputFormat.Table, []);
                if (!shown.Begun(parsed.GetValue(force)).Any())
                {
                    around.Error.WriteLine($"kedge: there is nothing to recover of {site}.");
                    return shown.IsReady ? ExitCodes.Done : ExitCodes.NotReady;
                }
                if (!parsed.GetValue(yes) && !Confirm(shown, parsed.GetValue(force), around))
                    return ExitCodes.Conflict;
                var request = new SiteLossRequest(
                    parsed.GetValue(reason)!, $"{Environment.UserName}@{Environment.MachineName}", parsed.GetValue(atOnce), parsed.GetValue(force));
                run = RunId.Create(around.Clock);
                await journal.BeginAsync(run.Value, SiteLossRunbook.Write(shown, request), SiteLossRunbook.ExclusiveKey(site), RunOwner.Current, cancel);
            }
            var state = await RunFollower.ExecuteAsync(kedge, journal, run.Value, around, cancel);
            output.Print(parsed, around.Output, SiteLossReport.Of(state));
            return SiteLossReport.Report(state, around);
        });
        return command;
    }

    static async Task<SiteLossPreview> PreviewAsync(KedgeHome kedge, IJournal journal, string site, Surroundings around, CancellationToken cancel)
    {
        await using var desk = await EmbeddedDesk.OpenAsync(kedge, journal, around.Clock, cancel);
        var preview = await SiteLossPreview.OfAsync(desk.Desk, site, cancel);
        foreach (var remark in preview.Remarks)
            around.Error.WriteLine(remark);
        foreach (var left in preview.LeftOut)
            around.Error.WriteLine($"{(left.IsMissed ? "NOT READY" : "left out ")} {left.Workload}: {left.Why}");
        foreach (var loss in preview.Losses)
        {
            foreach (var text in loss.NotReady.Concat(loss.NoRoom is { } lacking ? [lacking] : []))
                around.Error.WriteLine($"NOT READY {loss.Workload}: {text}");
            foreach (var text in loss.Remarks)
                around.Error.WriteLine($"note      {loss.Workload}: {text}");
        }
        return preview;
    }

    static bool Confirm(SiteLossPreview preview, bool isForced, Surroundings around)
    {
        var begun = preview.Begun(isForced).ToList();
        around.Error.WriteLine($"{begun.Count} workloads with {begun.Sum(loss => loss.Servers)} servers of {preview.Site} are brought up elsewhere; what was written after their points is lost.");
        if (!around.IsTerminal)
            throw new UsageException("Nobody can be asked here: say --yes.");
        around.Error.Write("Go on? Type the site's name to begin: ");
        if (around.Input.ReadLine()?.Trim() == preview.Site)
            return true;
        around.Error.WriteLine("Nothing was begun.");
        return false;
    }
}

/// <summary>A site loss, as it is shown.</summary>
static class SiteLossReport
{
    public static Shown.Rows Of(SiteLossPreview preview) => new(
        ["Workload", "To", "Priority", "RTO", "Servers", "Point", "Data At", "Data Lost", "Recovery (median)", "Recovery (p90)", "Ready"],
        [.. preview.Losses.Select(loss => new JsonNode?[]
        {
            loss.Workload, loss.To, loss.Priority, Say(loss.Rto), loss.Servers, loss.Point, Moments.Text(loss.DataAt), Say(loss.Lost),
            loss.Recovery.Say(loss.Recovery.Median), loss.Recovery.Say(loss.Recovery.Ninetieth),
            loss.NoRoom is not null ? "no room" : loss.NotReady.Length > 0 ? "no" : "yes",
        })]);

    public static Shown.Rows Of(RunState state) => new(
        ["Workload", "To", "End", "Run", "What"],
        [
            .. SiteLossResult.Of(state).Workloads.Select(workload => new JsonNode?[]
            {
                workload.Workload, workload.To, workload.End?.End.ToString() ?? "Open", workload.End?.Run, workload.End?.What,
            }),
            .. SiteLossFacts.Of(state.Plan).LeftOut.Select(left => new JsonNode?[] { left.Workload, null, left.IsMissed ? left.Because.ToString() : "LeftOut", null, left.Why }),
        ]);

    /// <summary>The summary, and the exit code.</summary>
    public static int Report(RunState state, Surroundings around)
    {
        if (state.Phase is not RunPhase.Finished)
            return RunFollower.Report(state, around);
        var result = SiteLossResult.Of(state);
        around.Error.WriteLine(
            $"{result.Facts.Site}: {result.Count(RecoveryEnd.Recovered)} recovered, {result.Count(RecoveryEnd.ThereAlready)} were there already, "
            + $"{result.Count(RecoveryEnd.NotReady)} not ready, {result.Count(RecoveryEnd.Failed)} failed, {result.Missed} not begun, {result.Facts.LeftOut.Length - result.Missed} left out, "
            + $"after {PlanText.Say(state.LastEventAt - state.AcceptedAt)}.");
        return result.Count(RecoveryEnd.Failed) > 0 ? ExitCodes.Stopped : result.IsComplete ? ExitCodes.Done : ExitCodes.NotReady;
    }

    static string? Say(TimeSpan? time) => time is { } known ? PlanText.Say(known) : null;
}
