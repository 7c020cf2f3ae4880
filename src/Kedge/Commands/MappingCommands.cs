using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Home;
using Kedge.Output;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Workloads;

namespace Kedge.Commands;

/// <summary><c>kedge mapping</c>: what stands for what at the target.</summary>
static class MappingCommands
{
    public static Command Create(Surroundings around, HomeOptions home) => new("mapping", "What stands for what at the target: flavors, external networks, volume types, …")
    {
        Propose(around, home),
        Show(around, home),
        Set(around, home),
        Check(around, home),
    };

    static Command Propose(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("WORKLOAD") { Description = "The workload." };
        var command = new Command("propose", "Propose a mapping with reasons, from the newest point or, where there is none, from the source. What was chosen by hand stays.") { name };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var workload = await kedge.Workloads.GetAsync(parsed.GetValue(name)!, cancel);
            var sites = await kedge.ConnectAsync([workload.From, workload.To], cancel);
            var blueprint = await BlueprintOfAsync(kedge, workload, around, cancel);
            var proposed = await MappingProposal.ProposeAsync(
                blueprint, sites[workload.From], sites[workload.To], await kedge.Mappings.FindAsync(workload.Name, cancel), cancel);
            kedge.Prepare();
            await kedge.Mappings.PutAsync(workload.Name, proposed, cancel);
            await kedge.KeepAsync(workload.Name, cancel);
            output.Print(parsed, around.Output, Rows(proposed));
            around.Error.WriteLine($"Written to {kedge.Mappings.PathOf(workload.Name)}: read it, and change what does not fit.");
            var open = Entries(proposed).Count(entry => entry.Resource.Target is null);
            if (open == 0)
                return ExitCodes.Done;
            around.Error.WriteLine($"{open} entries have no target yet: choose one for each.");
            return ExitCodes.NotReady;
        });
        return command;
    }

    /// <summary>A point knows what would be restored; without one the source is asked.</summary>
    internal static async Task<Blueprint> BlueprintOfAsync(KedgeHome kedge, Workload workload, Surroundings around, CancellationToken cancel)
    {
        if (await kedge.FindRepositoryAsync(cancel) is { } repository && await repository.FindNewestUsableAsync(workload.Name, cancel) is { } point)
            return await repository.GetBlueprintAsync(point.Blueprint, cancel);
        var captured = await new BlueprintCapture(around.Clock).CaptureAsync(workload, await kedge.GetSiteAsync(workload.From, cancel), progress: null, cancel);
        return captured.Blueprint;
    }

    static Command Show(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("WORKLOAD") { Description = "The workload." };
        var command = new Command("show", "Show the mapping of a workload.") { name };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            output.Print(parsed, around.Output, Rows(await home.Of(parsed).Mappings.GetAsync(parsed.GetValue(name)!, cancel)));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Set(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("WORKLOAD") { Description = "The workload." };
        var file = new Argument<string>("FILE") { Description = "A mapping as YAML (docs/formats/mapping.md); - for standard input." };
        var command = new Command("set", "Take a mapping from a file, after it was checked against the target.") { name, file };
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var workload = await kedge.Workloads.GetAsync(parsed.GetValue(name)!, cancel);
            var path = parsed.GetValue(file)!;
            var text = path == "-" ? await around.Input.ReadToEndAsync(cancel) : await File.ReadAllTextAsync(path, cancel);
            var mapping = kedge.Mappings.Parse(text, path);
            if (mapping.Workload != workload.Name || mapping.From != workload.From || mapping.To != workload.To)
            {
                throw new UsageException(
                    $"{path} maps {mapping.Workload} from {mapping.From} to {mapping.To}; {workload.Name} goes from {workload.From} to {workload.To}.");
            }
            var code = await ReportAsync(kedge, workload, mapping, around, cancel);
            if (code == ExitCodes.Done)
                await kedge.Mappings.PutAsync(workload.Name, mapping, cancel);
                await kedge.KeepAsync(workload.Name, cancel);
            return code;
        });
        return command;
    }

    static Command Check(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("WORKLOAD") { Description = "The workload." };
        var command = new Command("check", "Check the mapping of a workload against the target.") { name };
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var workload = await kedge.Workloads.GetAsync(parsed.GetValue(name)!, cancel);
            return await ReportAsync(kedge, workload, await kedge.Mappings.GetAsync(workload.Name, cancel), around, cancel);
        });
        return command;
    }

    static async Task<int> ReportAsync(KedgeHome kedge, Workload workload, SiteMapping mapping, Surroundings around, CancellationToken cancel)
    {
        var blueprint = await BlueprintOfAsync(kedge, workload, around, cancel);
        var problems = await MappingCheck.CheckAsync(mapping, blueprint, await kedge.GetSiteAsync(workload.To, cancel), cancel);
        foreach (var problem in problems)
            around.Error.WriteLine($"- {problem}");
        around.Error.WriteLine(problems.Length == 0 ? "The mapping fits the target." : $"{problems.Length} problems; nothing was changed.");
        return problems.Length == 0 ? ExitCodes.Done : ExitCodes.NotReady;
    }

    static Shown.Rows Rows(SiteMapping mapping) => new(
        ["Kind", "Source", "Source ID", "Target", "Target ID", "Why"],
        [.. Entries(mapping).Select(entry => new JsonNode?[]
        {
            entry.Kind, entry.Resource.SourceName, entry.Resource.Source.Value, entry.Resource.TargetName, entry.Resource.Target, entry.Resource.Why,
        })]);

    static IEnumerable<(string Kind, MappedResource Resource)> Entries(SiteMapping mapping) =>
        mapping.Flavors.Select(each => ("flavor", each))
            .Prepend(("project", mapping.Project))
            .Concat(mapping.Networks.Select(each => ("network", each)))
            .Concat(mapping.Subnets.Select(each => ("subnet", each)))
            .Concat(mapping.VolumeTypes.Select(each => ("volume type", each)))
            .Concat(mapping.ComputeZones.Select(each => ("compute zone", each)))
            .Concat(mapping.VolumeZones.Select(each => ("volume zone", each)))
            .Concat(mapping.KeypairOwners.Select(each => ("keypair owner", each)));
}
