using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Home;
using Kedge.Output;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Policies;

namespace Kedge.Commands;

/// <summary><c>kedge policy</c>: how well workloads are protected; written once, named by many.</summary>
static class PolicyCommands
{
    public static Command Create(Surroundings around, HomeOptions home) => new("policy", "How well workloads are protected: RPO, RTO, retention, windows.")
    {
        New(around, home),
        Set(around, home),
        List(around, home),
        Show(around, home),
        Delete(around, home),
    };

    static Argument<string> NameArgument() => new("NAME") { Description = "The policy." };

    static Command New(Surroundings around, HomeOptions home)
    {
        var name = NameArgument();
        var file = new Option<string?>("--file") { Description = "Take the policy from a YAML file (docs/formats/policy.md) instead of the options." };
        var options = new PolicyOptions();
        var command = new Command("create", "Write a policy down. A workload follows it when it names it: kedge workload set NAME --policy POLICY.") { name, file };
        options.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var wanted = parsed.GetValue(name)!;
            if (File.Exists(kedge.Policies.PathOf(wanted)))
                throw new UsageException($"Policy {wanted} is there already: kedge policy show {wanted}");
            var policy = parsed.GetValue(file) is { } path
                ? kedge.Policies.Parse(await File.ReadAllTextAsync(path, cancel), path)
                : kedge.Policies.Parse(YamlText.Write(options.Apply(parsed, new JsonObject { ["name"] = wanted })), "The command line");
            await PutAsync(kedge, wanted, policy, cancel);
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Set(Surroundings around, HomeOptions home)
    {
        var name = NameArgument();
        var options = new PolicyOptions();
        var command = new Command("set", "Change a policy, for all workloads that name it; what is not named stays.") { name };
        options.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var wanted = parsed.GetValue(name)!;
            var before = YamlText.Parse(kedge.Policies.Write(await kedge.Policies.GetAsync(wanted, cancel)))!.AsObject();
            await PutAsync(kedge, wanted, kedge.Policies.Parse(YamlText.Write(options.Apply(parsed, before)), "The command line"), cancel);
            return ExitCodes.Done;
        });
        return command;
    }

    static async Task PutAsync(KedgeHome kedge, string name, Policy policy, CancellationToken cancel)
    {
        if (policy.Name != name)
            throw new UsageException($"The policy in the file is named {policy.Name}, not {name}.");
        if (PolicyRules.MistakesIn(policy).ToList() is { Count: > 0 } mistakes)
            throw new UsageException($"Policy {name} cannot be followed: {string.Join("; ", mistakes)}.");
        kedge.Prepare();
        await kedge.Policies.PutAsync(name, policy, cancel);
    }

    static Command List(Surroundings around, HomeOptions home)
    {
        var command = new Command("list", "List the policies.");
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var rows = new List<JsonNode?[]>();
            foreach (var name in kedge.Policies.Names())
            {
                var json = YamlText.Parse(kedge.Policies.Write(await kedge.Policies.GetAsync(name, cancel)))!;
                var followers = await WorkloadsAsync(kedge, name, cancel);
                rows.Add([name, json["rpo"]?.DeepClone(), json["rto"]?.DeepClone(), json["retention"]?.DeepClone(), json["windows"] is JsonArray windows ? windows.Count : 0, followers.Count]);
            }
            output.Print(parsed, around.Output, new Shown.Rows(["Name", "RPO", "RTO", "Retention", "Windows", "Workloads"], rows));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Show(Surroundings around, HomeOptions home)
    {
        var name = NameArgument();
        var command = new Command("show", "Show a policy; with -f yaml as the file that 'create --file' takes.") { name };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var json = YamlText.Parse(kedge.Policies.Write(await kedge.Policies.GetAsync(parsed.GetValue(name)!, cancel)))!.AsObject();
            output.Print(parsed, around.Output, new Shown.Fields([.. json.Select(field => (field.Key, field.Value?.DeepClone()))]));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Delete(Surroundings around, HomeOptions home)
    {
        var name = NameArgument();
        var command = new Command("delete", "Forget a policy that no workload names.") { name };
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var wanted = parsed.GetValue(name)!;
            if (await WorkloadsAsync(kedge, wanted, cancel) is { Count: > 0 } followers)
                throw new RefusedException($"Policy {wanted} is named by {string.Join(", ", followers)}: kedge workload set NAME --policy OTHER first.");
            if (!kedge.Policies.Delete(wanted))
                throw new UsageException($"There is no policy {wanted}.");
            return ExitCodes.Done;
        });
        return command;
    }

    static async Task<List<string>> WorkloadsAsync(KedgeHome kedge, string policy, CancellationToken cancel)
    {
        var followers = new List<string>();
        foreach (var name in kedge.Workloads.Names())
        {
            if ((await kedge.Workloads.GetAsync(name, cancel)).Policy == policy)
                followers.Add(name);
        }
        return followers;
    }
}
