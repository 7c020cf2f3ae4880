using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Output;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Workloads;

namespace Kedge.Commands;

/// <summary><c>kedge workload</c>: what is protected, from where to where, and in what order it comes back.</summary>
static class WorkloadCommands
{
    public static Command Create(Surroundings around, HomeOptions home) => new("workload", "What is protected.")
    {
        New(around, home),
        Set(around, home),
        List(around, home),
        Show(around, home),
        MethodsCommand.Create(around, home),
        WorkloadStatusCommand.Create(around, home),
        DefinitionCommands.History(around, home),
        DefinitionCommands.Follow(around, home),
        Delete(around, home),
    };

    static Command New(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "Kedge's name for the workload." };
        var file = new Option<string?>("--file") { Description = "Take the workload from a YAML file (docs/formats/workload.md) instead of the options." };
        var options = new WorkloadOptions();
        var command = new Command("create", "Choose what to protect. Nothing in the clouds is touched.") { name, file };
        options.AddTo(command, isNew: true);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var wanted = parsed.GetValue(name)!;
            if (File.Exists(kedge.Workloads.PathOf(wanted)))
                throw new UsageException($"Workload {wanted} is there already: kedge workload show {wanted}");
            var workload = parsed.GetValue(file) is { } path
                ? kedge.Workloads.Parse(await File.ReadAllTextAsync(path, cancel), path)
                : kedge.Workloads.Parse(YamlText.Write(options.Apply(parsed, new JsonObject { ["name"] = wanted })), "The command line");
            await PutAsync(kedge, wanted, workload, cancel);
            around.Error.WriteLine($"Workload {wanted} is known. Next: kedge mapping propose {wanted}");
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Set(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "The workload." };
        var options = new WorkloadOptions();
        var command = new Command("set", "Change a workload; what is not named stays.") { name };
        options.AddTo(command, isNew: false);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var wanted = parsed.GetValue(name)!;
            var before = YamlText.Parse(kedge.Workloads.Write(await kedge.Workloads.GetAsync(wanted, cancel)))!.AsObject();
            await PutAsync(kedge, wanted, kedge.Workloads.Parse(YamlText.Write(options.Apply(parsed, before)), "The command line"), cancel);
            return ExitCodes.Done;
        });
        return command;
    }

    static async Task PutAsync(Home.KedgeHome kedge, string name, Workload workload, CancellationToken cancel)
    {
        if (workload.Name != name)
            throw new UsageException($"The workload in the file is named {workload.Name}, not {name}.");
        if (workload.From == workload.To)
            throw new UsageException($"{workload.From} cannot be its own target.");
        foreach (var site in new[] { workload.From, workload.To })
            await kedge.Sites.GetAsync(site, cancel);
        if (workload.Policy is { } policy)
            await kedge.Policies.GetAsync(policy, cancel);
        kedge.Prepare();
        await kedge.Workloads.PutAsync(name, workload, cancel);
        await kedge.KeepAsync(name, cancel);
    }

    static Command List(Surroundings around, HomeOptions home)
    {
        var command = new Command("list", "List the workloads.");
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var rows = new List<JsonNode?[]>();
            foreach (var name in kedge.Workloads.Names())
            {
                var json = Effective(kedge, await kedge.Workloads.GetAsync(name, cancel));
                rows.Add([name, Copy(json["from"]), Copy(json["to"]), Copy(json["selection"]), Copy(json["rpo"])]);
            }
            output.Print(parsed, around.Output, new Shown.Rows(["Name", "From", "To", "Selection", "RPO"], rows));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Show(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "The workload." };
        var command = new Command("show", "Show a workload; with -f yaml as the file that 'create --file' takes.") { name };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var workload = await kedge.Workloads.GetAsync(parsed.GetValue(name)!, cancel);
            var json = output.IsTable(parsed) ? Effective(kedge, workload) : YamlText.Parse(kedge.Workloads.Write(workload))!.AsObject();
            output.Print(parsed, around.Output, new Shown.Fields([.. json.Select(field => (field.Key, Copy(field.Value)))]));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>With what its policy, or nobody, says of it; the file has only what the workload itself says.</summary>
    static JsonObject Effective(Home.KedgeHome kedge, Workload workload) => YamlText.Parse(kedge.Workloads.Write(
        workload with { OwnRpo = workload.Rpo, OwnRto = workload.Rto, OwnRetention = workload.Retention }))!.AsObject();

    static Command Delete(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "The workload." };
        var command = new Command("delete", "Forget a workload. Its recovery points, and all in the clouds, stay.") { name };
        command.SetAction(async (parsed, cancel) =>
        {
            var (wanted, kedge) = (parsed.GetValue(name)!, home.Of(parsed));
            if (!kedge.Workloads.Delete(wanted))
                throw new UsageException($"There is no workload {wanted}.");
            (await kedge.FindRepositoryAsync(cancel))?.RecordsOf(wanted).Forget();
            around.Error.WriteLine($"Workload {wanted} is forgotten; its recovery points are still in the repository.");
            return ExitCodes.Done;
        });
        return command;
    }

    static JsonNode? Copy(JsonNode? node) => node?.DeepClone();
}
