using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Availability.Changes;
using Kedge.Availability.Description;
using Kedge.Availability.Export;
using Kedge.Availability.Layout;
using Kedge.Availability.Pacemaker;
using Kedge.Home;
using Kedge.Output;
using Kedge.Plans;

namespace Kedge.Commands;

/// <summary><c>kedge ha plan|apply|undo|export</c>: the cluster as its file describes it.</summary>
static class HaChangeCommands
{
    static readonly string[] Columns = ["Change", "Kind", "Subject", "Detail"];
    static readonly string[] Formats = ["cib", "pcs", "crm"];

    public static Command Plan(Surroundings around, ClusterOptions node)
    {
        var file = FileArgument();
        var command = new Command("plan", "Show what a file would change in the cluster, and what Pacemaker would do for it. Changes nothing.") { file };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var description = await ReadAsync(parsed.GetValue(file)!, around, cancel);
            var draft = await ClusterDraft.OfAsync(description, node.Connect(parsed), node.Address(parsed), cancel);
            output.Print(parsed, around.Output, new Shown.Rows(Columns, [.. Rows(draft)]));
            return ReportRefusals(draft, isUndo: false, around) ? ExitCodes.NotReady : ExitCodes.Done;
        });
        return command;
    }

    public static Command Apply(Surroundings around, ClusterOptions node, HomeOptions home)
    {
        var file = FileArgument();
        var yes = YesOption();
        var command = new Command("apply", "Bring the cluster to what a file says, in one write, and wait until it runs so. A run: it can be killed, and given again.") { file, yes };
        command.SetAction(async (parsed, cancel) =>
        {
            var description = await ReadAsync(parsed.GetValue(file)!, around, cancel);
            var kedge = home.Of(parsed);
            await using var journal = await kedge.OpenJournalAsync(cancel);
            var key = ChangeRunbook.ExclusiveKey(description.Cluster);
            var unfinished = await InterruptedRun.FindAsync(journal, ChangeRunbook.ApplyKind, key, around, cancel);
            var draft = await ClusterDraft.OfAsync(description, node.Connect(parsed), node.Address(parsed), cancel);
            if (unfinished is { } interrupted)
            {
                await EnsureSameAsync(journal, interrupted, draft, cancel);
                return RunFollower.Report(await RunFollower.ExecuteAsync(kedge, journal, interrupted, around, cancel), around);
            }
            return await BeginAsync(draft, undoes: null, parsed.GetValue(yes), kedge, journal, around, cancel);
        });
        return command;
    }

    public static Command Undo(Surroundings around, ClusterOptions node, HomeOptions home)
    {
        var id = new Argument<string?>("RUN") { Description = "The apply to undo: its id, or the first digits. Default: the newest that has ended.", Arity = ArgumentArity.ZeroOrOne };
        var yes = YesOption();
        var command = new Command("undo", "Bring what is Kedge's in the cluster back to what it was before an apply. Refused when somebody changed it since.") { id, yes };
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            await using var journal = await kedge.OpenJournalAsync(cancel);
            var run = parsed.GetValue(id) is { } text ? await RunChoice.GetAsync(journal, text, cancel) : await NewestAsync(journal, cancel);
            var state = await journal.GetStateAsync(run, cancel);
            if (!ChangeRunbook.IsOne(state.Plan.Kind))
                throw new UsageException($"Run {run} ({state.Plan.Title}) did not change a cluster: kedge run list");
            if (!state.IsEnded)
                throw new RefusedException($"Run {run} is not finished: kedge run resume {run}, or kedge run abandon {run}, then undo it.");
            var facts = ChangeFacts.Of(state.Plan);
            var address = node.Host(parsed) is null ? facts.Node : node.Address(parsed);
            var draft = await ClusterDraft.BackAsync(run, facts, kedge.ClusterParts, Connect(address, around), address, cancel);
            return await BeginAsync(draft, undoes: run.Value, parsed.GetValue(yes), kedge, journal, around, cancel);
        });
        return command;
    }

    public static Command Export(Surroundings around)
    {
        var file = FileArgument();
        var format = new Option<string>("--format", "-f") { Description = "cib: XML; pcs: commands of pcs; crm: for 'crm configure'.", DefaultValueFactory = _ => "cib" };
        format.AcceptOnlyFromAmong(Formats);
        var command = new Command("export", "Print a file as CIB, pcs commands or crm configuration, for those who type. Asks no cluster.") { file, format };
        command.SetAction(async (parsed, cancel) =>
        {
            var description = await ReadAsync(parsed.GetValue(file)!, around, cancel);
            var layout = LayoutWriter.Write(description, description.Controllers);
            var wanted = parsed.GetValue(format);
            around.Output.Write(wanted switch { "pcs" => PcsExport.Write(layout), "crm" => CrmExport.Write(layout), _ => CibExport.Write(layout) });
            if (wanted is "cib")
                PrintNotes(layout.Notes, around);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Brings a run of this kind to its end; the steps know the node that they were planned for.</summary>
    internal static RunExecutor Executor(KedgeHome kedge, IJournal journal, Plan plan, Surroundings around)
    {
        var facts = ChangeFacts.Of(plan);
        var ground = new ChangeGround(Connect(facts.Node, around), kedge.ClusterParts, facts);
        var limits = new RunLimits { Patience = TimeSpan.FromMinutes(2) };
        return new RunExecutor(journal, step => ChangeStepJson.Read(step, ground), ChangeRunbook.ReadFault, limits, around.Clock, RunOwner.Current);
    }

    static async Task<int> BeginAsync(ClusterDraft draft, string? undoes, bool isSure, KedgeHome kedge, IJournal journal, Surroundings around, CancellationToken cancel)
    {
        PrintNotes(draft.Notes, around);
        if (draft.Changes.IsEmpty)
        {
            around.Error.WriteLine($"Cluster {draft.Cluster} is as wanted already. Nothing was done.");
            return ExitCodes.Done;
        }
        foreach (var row in Rows(draft).Where(row => row[0]!.GetValue<string>() is not "note"))
            around.Error.WriteLine($"  {row[0]} {row[1]} {row[2]}{(row[3] is null ? "" : $": {row[3]}")}");
        if (ReportRefusals(draft, undoes is not null, around))
            return ExitCodes.NotReady;
        var run = RunId.Create(around.Clock);
        var plan = ChangeRunbook.Write(run, draft, undoes);
        if (!isSure && !Question.Ask(plan.Title, around))
            return ExitCodes.Conflict;
        await kedge.ClusterParts.WriteAsync(run.Value, draft.Before, draft.Wanted, cancel);
        await journal.BeginAsync(run, plan, ChangeRunbook.ExclusiveKey(draft.Cluster), RunOwner.Current, cancel);
        return RunFollower.Report(await RunFollower.ExecuteAsync(kedge, journal, run, around, cancel), around);
    }

    static async Task EnsureSameAsync(IJournal journal, RunId run, ClusterDraft draft, CancellationToken cancel)
    {
        var facts = ChangeFacts.Of((await journal.GetStateAsync(run, cancel)).Plan);
        if (facts.WantedHash != PartFolder.HashOf(draft.Wanted))
            throw new RefusedException($"The unfinished run {run} was to write something else than the file says now: kedge run resume {run}, or kedge run abandon {run}, then apply again.");
    }

    static async Task<RunId> NewestAsync(IJournal journal, CancellationToken cancel)
    {
        await foreach (var run in journal.ListAsync(cancel))
        {
            if (run.Kind == ChangeRunbook.ApplyKind && run.IsEnded)
                return run.Run;
        }
        throw new UsageException("No apply has ended here, so there is nothing to undo: kedge run list");
    }

    static IEnumerable<JsonNode?[]> Rows(ClusterDraft draft)
    {
        foreach (var note in draft.Notes)
            yield return ["note", null, null, note];
        foreach (var change in draft.Changes)
            yield return [change.Change.ToString().ToLowerInvariant(), change.Kind, change.Subject, change.Details.IsEmpty ? null : string.Join("; ", change.Details)];
        foreach (var action in draft.Transition?.Actions ?? [])
            yield return ["pacemaker would", action.What, action.Subject, action.Detail];
        foreach (var warning in draft.Found.Warnings)
            yield return [draft.Known.Contains(warning) ? "old warning" : "new warning", "crm_verify", null, warning];
        foreach (var error in draft.Found.Errors)
            yield return ["error", "crm_verify", null, error];
    }

    static bool ReportRefusals(ClusterDraft draft, bool isUndo, Surroundings around)
    {
        if (draft.Changes.IsEmpty || draft.Refusals(isUndo).ToArray() is not { Length: > 0 } refusals)
            return false;
        around.Error.WriteLine($"kedge: Pacemaker would not accept it, nothing is written:{string.Concat(refusals.Select(reason => $"\n  - {reason}"))}");
        return true;
    }

    static void PrintNotes(IEnumerable<string> notes, Surroundings around)
    {
        foreach (var note in notes)
            around.Error.WriteLine($"Note: {note}");
    }

    static Cluster Connect(NodeAddress address, Surroundings around) => new(ClusterOptions.Commands(address.Host, address.SshOptions, around), around.Clock);

    static Argument<string> FileArgument() => new("FILE") { Description = "The cluster as it is to be: docs/formats/ha.md." };

    static Option<bool> YesOption() => new("--yes") { Description = "Do not ask." };

    static async Task<ClusterDescription> ReadAsync(string file, Surroundings around, CancellationToken cancel)
    {
        var path = Path.GetFullPath(file, around.Settings.Directory);
        if (!File.Exists(path))
            throw new UsageException($"There is no file {path}.");
        return DescriptionFile.Parse(await File.ReadAllTextAsync(path, cancel), file);
    }
}
