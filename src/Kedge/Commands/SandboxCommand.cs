using System.CommandLine;
using Kedge.Sandbox;
using Kedge.Sandbox.Workloads;

namespace Kedge.Commands;

/// <summary><c>kedge sandbox</c>: an OpenStack-compatible cloud in this process, to try things on.</summary>
static class SandboxCommand
{
    public static Command Create(Surroundings around)
    {
        var name = new Option<string>("--name") { Description = "Name of the cloud, and of its entry in clouds.yaml.", DefaultValueFactory = _ => "sandbox" };
        var port = new Option<int>("--port") { Description = "Loopback port; 0 lets the system choose.", DefaultValueFactory = _ => 0 };
        var seed = new Option<int>("--seed") { Description = "Ids and addresses follow from it.", DefaultValueFactory = _ => 1 };
        var realistic = new Option<bool>("--realistic") { Description = "Servers boot and volumes fill as slowly as in a real cloud." };
        var workload = new Option<bool>("--workload") { Description = "With a three-tier workload in the project demo." };
        var command = new Command("sandbox", "Run an OpenStack-compatible cloud in this process until Ctrl-C, and print its entries for clouds.yaml.")
        {
            name, port, seed, realistic, workload,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = new SandboxSettings
            {
                Name = parsed.GetValue(name)!,
                Seed = parsed.GetValue(seed),
                Latencies = parsed.GetValue(realistic) ? SandboxLatencies.Realistic : SandboxLatencies.None,
            };
            await using var cloud = SandboxCloud.Create(settings, around.Clock);
            await cloud.ListenAsync(parsed.GetValue(port), cancel);
            if (parsed.GetValue(workload))
                await ThreeTierWorkload.BuildAsync(cloud, cancel);
            around.Output.Write("clouds:\n" + Entry(cloud, settings.Name, "demo") + Entry(cloud, $"{settings.Name}-admin", "admin"));
            await around.Output.FlushAsync(cancel);
            around.Error.WriteLine("Ctrl-C ends it; nothing is kept.");
            await Task.Delay(Timeout.InfiniteTimeSpan, around.Clock, cancel).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>An entry of clouds.yaml, scoped to the project <c>demo</c>.</summary>
    public static string Entry(SandboxCloud cloud, string entry, string user) =>
        $"""
          {entry}:
            auth: {"{"}auth_url: '{cloud.AuthUrl}', username: {user}, password: '{cloud.Settings.Password}', project_name: demo, user_domain_name: Default, project_domain_name: Default{"}"}
            region_name: {cloud.Settings.Region}

        """;
}
