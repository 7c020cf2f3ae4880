using System.CommandLine;
using System.Net;
using Kedge.Availability.Pacemaker;
using Kedge.Availability.Watch;

namespace Kedge.Commands;

/// <summary><c>kedge ha watch</c>: runs on each node of the cluster until stopped.</summary>
static class HaWatchCommand
{
    static readonly TimeSpan AskName = TimeSpan.FromSeconds(10);
    static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);

    public static Command Create(Surroundings around, HomeOptions home)
    {
        var name = new Option<string?>("--node") { Description = "This node's name in the cluster. Default: as Pacemaker says.", HelpName = "NAME" };
        var spool = new Option<string>("--spool")
        {
            Description = "Where the alert agent kedge-alert leaves what Pacemaker told it.", DefaultValueFactory = _ => "/var/spool/kedge/alerts", HelpName = "DIR",
        };
        var socket = new Option<string?>("--socket") { Description = "Tell events on this Unix socket, one JSON object a line.", HelpName = "PATH" };
        var webhook = new Option<string?>("--webhook") { Description = "Post events to this address as JSON.", HelpName = "URL" };
        var listen = new Option<string?>("--listen") { Description = "Serve Prometheus metrics there, e.g. 127.0.0.1:9464.", HelpName = "ADDRESS:PORT" };
        var command = new Command(
            "watch", "On a node of the cluster: tell Pacemaker the moment that a service dies or hangs, and pass its alerts on. Runs until it is stopped.")
        {
            name, spool, socket, webhook, listen,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = new WatchPostSettings(
                home.Of(parsed).DataPath, parsed.GetValue(spool)!, parsed.GetValue(socket), UrlOf(parsed.GetValue(webhook)), AddressOf(parsed.GetValue(listen)));
            var commands = LocalCommands.Here(around.Clock);
            var node = parsed.GetValue(name) ?? await NameAsync(commands, around, cancel);
            using var post = new WatchPost(commands, node, WatchSettings.Default, settings, around.Clock, around.Error.WriteLine);
            around.Error.WriteLine($"Watching on {node}.");
            try
            {
                await post.RunAsync(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // Stopped, as it is always ended.
            }
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Started before Pacemaker it waits for it.</summary>
    static async Task<string> NameAsync(LocalCommands commands, Surroundings around, CancellationToken cancel)
    {
        var told = false;
        while (true)
        {
            try
            {
                var answer = await commands.RunAsync(["crm_node", "--name"], null, AskName, cancel);
                if (answer.ExitCode == 0 && answer.Output.Trim() is { Length: > 0 } name)
                    return name;
            }
            catch (ClusterException e) when (e.Fault is ClusterFault.TimedOut)
            {
                // Perhaps it is only starting.
            }
            if (!told)
                around.Error.WriteLine("Pacemaker does not run here yet; waiting for it.");
            told = true;
            await Task.Delay(AskAgain, around.Clock, cancel);
        }
    }

    static Uri? UrlOf(string? text) => text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
        : throw new UsageException($"--webhook '{text}' is not an http or https address.");

    static IPEndPoint? AddressOf(string? text) => text is null ? null
        : IPEndPoint.TryParse(text, out var address) && text.Contains(':', StringComparison.Ordinal) ? address
        : throw new UsageException($"--listen '{text}' is not ADDRESS:PORT.");
}
