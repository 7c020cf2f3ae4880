using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Home;
using Kedge.Output;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Workloads;

namespace Kedge.Commands;

/// <summary><c>kedge workload follow</c> and <c>kedge workload history</c>: how a workload's definition changes.</summary>
static class DefinitionCommands
{
    public static Command Follow(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string?>("NAME") { Description = "The workload; without it all of them.", Arity = ArgumentArity.ZeroOrOne };
        var once = new Option<bool>("--once") { Description = "Look once, instead of every minute until interrupted." };
        var command = new Command(
            "follow",
            """
            Look at the definitions of workloads every minute, and store a new version in the repository when one has changed: a failover then
            uses the newest definition with the newest data. A mediator does this by itself. Exit code with --once 0: seen; 3: not all could be.
            """) { name, once };
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var repository = await kedge.OpenOrCreateRepositoryAsync(cancel);
            var watches = new Dictionary<string, DefinitionWatch>(StringComparer.Ordinal);
            while (true)
            {
                var failed = false;
                foreach (var site in (await ChosenAsync(kedge, parsed.GetValue(name), cancel)).GroupBy(workload => workload.From, StringComparer.Ordinal))
                {
                    if (!watches.TryGetValue(site.Key, out var watch))
                        watches[site.Key] = watch = new DefinitionWatch(repository, around.Clock);
                    foreach (var look in await watch.LookAsync(await kedge.GetSiteAsync(site.Key, cancel), [.. site], cancel))
                        failed |= Tell(look, around);
                }
                if (parsed.GetValue(once))
                    return failed ? ExitCodes.Cloud : ExitCodes.Done;
                await Task.Delay(DefinitionWatch.Interval, around.Clock, cancel);
            }
        });
        return command;
    }

    static async Task<List<Workload>> ChosenAsync(KedgeHome kedge, string? name, CancellationToken cancel)
    {
        var chosen = new List<Workload>();
        foreach (var known in name is null ? kedge.Workloads.Names() : [name])
            chosen.Add(await kedge.Workloads.GetAsync(known, cancel));
        return chosen;
    }

    static bool Tell(DefinitionLook look, Surroundings around)
    {
        if (look.Outcome is LookOutcome.Failed)
            around.Error.WriteLine($"{Moments.Text(look.LookedAt)} {look.Workload}: cannot be captured: {look.Why}");
        else
            around.Error.WriteLine($"{Moments.Text(look.LookedAt)} {look.Workload}: {(look.Outcome is LookOutcome.Changed ? "new version" : "as before,")} {look.Version}");
        return look.Outcome is LookOutcome.Failed;
    }

    public static Command History(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "The workload." };
        var most = new Option<int>("--last") { Description = "So many of the newest versions.", DefaultValueFactory = _ => 20 };
        var command = new Command("history", "Show what of a workload's definition changed when, field by field, newest first. Values of user-data are not shown.") { name, most };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var repository = await home.Of(parsed).OpenRepositoryAsync(cancel);
            var list = await repository.DefinitionsOf(parsed.GetValue(name)!).ListAsync(cancel);
            var rows = new List<JsonNode?[]>();
            var shown = list.Versions.TakeLast(Math.Max(1, parsed.GetValue(most))).ToList();
            for (var at = shown.Count - 1; at >= 0; at--)
            {
                var version = shown[at];
                var place = list.Versions.IndexOf(version);
                if (place == 0)
                {
                    rows.Add(Row(version, "", $"{version.Servers} servers", "*", null, "first version"));
                    continue;
                }
                var (before, after) = (list.Versions[place - 1], await repository.GetBlueprintAsync(version.Blueprint, cancel));
                foreach (var change in DefinitionChange.Between(await repository.GetBlueprintAsync(before.Blueprint, cancel), after))
                    rows.Add(Row(version, change.Resource, change.Name is null ? change.Id : $"{change.Name} ({change.Id})", change.Field, change.Before, change.After));
            }
            output.Print(parsed, around.Output, new Shown.Rows(["Captured At", "Version", "Kind", "Resource", "Field", "Before", "After"], rows));
            foreach (var damaged in list.Damaged)
                around.Error.WriteLine($"Version {damaged} cannot be read and is never chosen.");
            return list.Damaged.Length == 0 ? ExitCodes.Done : ExitCodes.Storage;
        });
        return command;
    }

    static JsonNode?[] Row(DefinitionVersion version, string kind, string resource, string field, string? before, string? after) =>
        [Moments.Text(version.CapturedAt), version.Id, kind, resource, field, before, after];
}
