using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Store;
using Kedge.Output;
using Kedge.Recovery.Formats;

namespace Kedge.Commands;

/// <summary><c>kedge token</c>: who may use a mediator's API when no Keystone answers.</summary>
static class TokenCommands
{
    static readonly TimeSpan Longest = TimeSpan.FromDays(3653);

    public static Command Create(Surroundings around, HomeOptions home) => new("token", "Tokens of the mediator's API (docs/operate/api.md).")
    {
        New(around, home),
        List(around, home),
        Revoke(around, home),
    };

    static Command New(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "What it is for." };
        var role = new Option<Role>("--role") { Description = "reader, member or admin.", Required = true };
        var projects = new Option<string[]>("--project") { Description = "Id of a project, at whichever site, whose workloads it is for; may be given several times. An admin is one of all." };
        var all = new Option<bool>("--all-projects") { Description = "Of all projects." };
        var days = new Option<int>("--days") { Description = "How long it is good.", DefaultValueFactory = _ => 90 };
        var command = new Command("create", "Make a token and print it, once: only its hash is kept.") { name, role, projects, all, days };
        command.SetAction(async (parsed, cancel) =>
        {
            var wanted = RecordName.Checked(parsed.GetValue(name)!, "token");
            var named = parsed.GetValue(projects) ?? [];
            var isOfAll = parsed.GetValue(all) || parsed.GetValue(role) is Role.Admin;
            if (isOfAll ? named.Length > 0 : named.Length == 0)
                throw new UsageException("A reader or member is one of --project ID or of --all-projects, and an admin of all.");
            if (named.Any(project => project.Length == 0 || project.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))))
                throw new UsageException("--project takes the id of a project: openstack project list");
            if (parsed.GetValue(days) < 1 || parsed.GetValue(days) > Longest.TotalDays)
                throw new UsageException($"--days: from 1 to {Longest.TotalDays}.");
            await using var database = await OpenAsync(around, home, parsed, cancel);
            var made = await new ApiTokens(database, around.Clock).MakeAsync(
                wanted, parsed.GetValue(role), isOfAll ? null : [.. named.Distinct(StringComparer.Ordinal)], around.Clock.GetUtcNow().AddDays(parsed.GetValue(days)), cancel);
            around.Output.WriteLine(made.Text);
            around.Error.WriteLine($"Token {made.Name} is good until {Moments.Text(made.ExpiresAt)}. It is not shown again.");
            return ExitCodes.Done;
        });
        return command;
    }

    static Command List(Surroundings around, HomeOptions home)
    {
        var command = new Command("list", "List the tokens; never themselves.");
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var database = await OpenAsync(around, home, parsed, cancel);
            var now = around.Clock.GetUtcNow();
            output.Print(parsed, around.Output, new Shown.Rows(
                ["Name", "Role", "Projects", "Made At", "Expires At", "State"],
                [.. (await new ApiTokens(database, around.Clock).ListAsync(cancel)).Select(token => new JsonNode?[]
                {
                    token.Name, token.Role.ToString(), token.Projects is { } projects ? new JsonArray([.. projects.Select(project => (JsonNode?)project)]) : "all",
                    Moments.Text(token.MadeAt), Moments.Text(token.ExpiresAt), token.RevokedAt is not null ? "revoked" : token.ExpiresAt <= now ? "expired" : "good",
                })]));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Revoke(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "The token." };
        var command = new Command("revoke", "A token is good no longer, from the next request on.") { name };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var database = await OpenAsync(around, home, parsed, cancel);
            if (!await new ApiTokens(database, around.Clock).RevokeAsync(parsed.GetValue(name)!, cancel))
                throw new UsageException($"There is no good token {parsed.GetValue(name)}: kedge token list");
            around.Error.WriteLine($"Token {parsed.GetValue(name)} is revoked.");
            return ExitCodes.Done;
        });
        return command;
    }

    static async Task<ApiDatabase> OpenAsync(Surroundings around, HomeOptions home, ParseResult parsed, CancellationToken cancel)
    {
        var kedge = home.Of(parsed);
        kedge.Prepare();
        return await ApiDatabase.OpenAsync(
            around.Settings.Variables.GetValueOrDefault("KEDGE_DATABASE") is { Length: > 0 } connection ? connection : null, kedge.DataPath, around.Clock, cancel);
    }
}
