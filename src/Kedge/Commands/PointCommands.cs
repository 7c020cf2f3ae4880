using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Output;
using Kedge.Plans;
using Kedge.Recovery.Points;

namespace Kedge.Commands;

/// <summary><c>kedge point</c>: the recovery points of a workload.</summary>
static class PointCommands
{
    public static Command Create(Surroundings around, HomeOptions home) => new("point", "Recovery points.")
    {
        List(around, home),
        Show(around, home),
        Delete(around, home),
    };

    static Command List(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("WORKLOAD") { Description = "The workload." };
        var command = new Command("list", "List the points of a workload, newest first. A damaged one is named; it is never chosen.") { name };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var repository = await home.Of(parsed).OpenRepositoryAsync(cancel);
            var points = await repository.ListAsync(parsed.GetValue(name)!, cancel);
            var now = around.Clock.GetUtcNow();
            output.Print(parsed, around.Output, new Shown.Rows(
                ["ID", "Data At", "Age", "Volumes", "Images", "Consistency", "Skew", "Remarks"],
                [.. points.Points.Reverse().Select(stored => Row(stored.Point, now))]));
            foreach (var damaged in points.Damaged)
                around.Error.WriteLine($"Point {damaged.Id} is damaged and never chosen: {damaged.Why}");
            return points.Damaged.Length == 0 ? ExitCodes.Done : ExitCodes.Storage;
        });
        return command;
    }

    static JsonNode?[] Row(RecoveryPoint point, DateTimeOffset now) =>
    [
        point.Id, Moments.Text(point.DataAt), PlanText.Say(now - point.DataAt), point.Volumes.Length, point.Images.Length,
        point.Consistency.ToString(), PlanText.Say(point.Skew), string.Join(" ", point.Remarks),
    ];

    static Command Show(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("WORKLOAD") { Description = "The workload." };
        var id = new Argument<string?>("POINT") { Description = "Its id; without it the newest usable one.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("show", "Show a point: what it holds of which disk, and what could not be captured.") { name, id };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var repository = await home.Of(parsed).OpenRepositoryAsync(cancel);
            var point = await Home.PointChoice.GetAsync(repository, parsed.GetValue(name)!, parsed.GetValue(id), cancel);
            var blueprint = await repository.GetBlueprintAsync(point.Blueprint, cancel);
            output.Print(parsed, around.Output, new Shown.Fields(
            [
                ("id", point.Id), ("workload", point.Workload), ("from", point.SourceSite), ("to", point.TargetSite),
                ("data_at", Moments.Text(point.DataAt)), ("age", PlanText.Say(around.Clock.GetUtcNow() - point.DataAt)),
                ("consistency", point.Consistency.ToString()), ("skew", PlanText.Say(point.Skew)),
                ("blueprint", point.Blueprint), ("blueprint_at", Moments.Text(point.BlueprintAt)),
                ("servers", new JsonArray([.. blueprint.Servers.Select(server => (JsonNode?)server.Name)])),
                ("volumes", new JsonArray([.. point.Volumes.Select(VolumeOf)])),
                ("images", new JsonArray([.. point.Images.Select(ImageOf)])),
                ("unreadable", new JsonArray([.. blueprint.Unreadable.Select(field => (JsonNode?)$"{field.Resource} {field.Id} {field.Field}: {field.Why}")])),
                ("remarks", new JsonArray([.. point.Remarks.Select(remark => (JsonNode?)remark)])),
                ("previous", point.Previous?.Id),
            ]));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Delete(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("WORKLOAD") { Description = "The workload." };
        var id = new Argument<string>("POINT") { Description = "Its id, in full." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("delete", "Offer a point no longer, a damaged one too. What no other point needs of it is removed when the workload is protected next.") { name, id, yes };
        command.SetAction(async (parsed, cancel) =>
        {
            var (workload, point) = (parsed.GetValue(name)!, parsed.GetValue(id)!);
            var repository = await home.Of(parsed).OpenRepositoryAsync(cancel);
            if (!parsed.GetValue(yes) && !Question.Ask($"Delete point {point} of {workload}", around))
                return ExitCodes.Conflict;
            if (!await repository.DeleteAsync(workload, point, cancel))
                throw new UsageException($"There is no point {point} of {workload}: kedge point list {workload}");
            around.Error.WriteLine($"Point {point} is offered no longer.");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>A point in short: after it was taken.</summary>
    internal static Shown.Fields Fields(RecoveryPoint point, DateTimeOffset now) => new(
    [
        ("id", point.Id), ("workload", point.Workload), ("data_at", Moments.Text(point.DataAt)), ("age", PlanText.Say(now - point.DataAt)),
        ("consistency", point.Consistency.ToString()), ("skew", PlanText.Say(point.Skew)),
        ("volumes", point.Volumes.Length), ("images", point.Images.Length), ("remarks", string.Join(" ", point.Remarks)),
    ]);

    static JsonObject VolumeOf(VolumeCopy copy) => new()
    {
        ["volume"] = copy.Volume.Value, ["size_gib"] = copy.SizeGib, ["data_at"] = Moments.Text(copy.DataAt),
        ["backups"] = new JsonArray([.. copy.Chain.Select(link => (JsonNode?)link.BackupId)]),
    };

    static JsonObject ImageOf(ImageCopy copy) => new()
    {
        ["image"] = copy.Image?.Value, ["root_disk_of"] = copy.RootDiskOf?.Value, ["target_image"] = copy.TargetImageId, ["size_bytes"] = copy.SizeBytes,
    };
}
