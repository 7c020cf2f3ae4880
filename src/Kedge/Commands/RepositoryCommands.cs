using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Blocks;
using Kedge.Blocks.Points;
using Kedge.Blocks.Stores;
using Kedge.Blocks.Upkeep;
using Kedge.Output;

namespace Kedge.Commands;

/// <summary><c>kedge repository</c>: where the blocks of disks are kept. Needs no mediator and no data directory.</summary>
static class RepositoryCommands
{
    public static Command Create(Surroundings around, HomeOptions home)
    {
        var command = new Command("repository", "The repository that blocks of disks are kept in. Needs no mediator: the repository and its key are enough.");
        var blocks = BlocksOptions.AddTo(command, around);
        command.Subcommands.Add(Init(around, blocks));
        command.Subcommands.Add(Points(around, blocks));
        command.Subcommands.Add(Stats(around, blocks));
        command.Subcommands.Add(Check(around, blocks));
        command.Subcommands.Add(RepositoryExport.Create(around, blocks));
        command.Subcommands.Add(Forget(around, blocks));
        command.Subcommands.Add(Prune(around, blocks));
        command.Subcommands.Add(Unlock(around, blocks));
        command.Subcommands.Add(RepositoryKeys.Create(around, blocks));
        command.Subcommands.Add(RepositoryRebuild.Create(around, home));
        return command;
    }

    static Command Init(Surroundings around, BlocksOptions blocks)
    {
        var command = new Command("init", "Make a repository in an empty directory, bucket or container prefix.");
        command.SetAction(async (parsed, cancel) =>
        {
            var repository = await blocks.PlaceOf(parsed).CreateAsync(around.Settings.Variables, around.Settings.Directory, around.Clock, cancel);
            around.Error.WriteLine($"The repository {repository.Id} is made. Keep its key where the repository is not: without it, nobody reads what is in it.");
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Points(Surroundings around, BlocksOptions blocks)
    {
        var command = new Command("points", "List the points in the repository, by series.");
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var repository = await blocks.OpenAsync(parsed, cancel);
            var rows = new List<JsonNode?[]>();
            await foreach (var point in repository.ListPointsAsync(cancel))
                rows.Add([$"{point.Series}/{point.Sequence}", Moments.Text(point.TakenAt), new JsonArray([.. point.Disks.Select(disk => (JsonNode?)disk.Name)]), point.Disks.Sum(disk => disk.SizeBytes), HeadText(point)]);
            output.Print(parsed, around.Output, new Shown.Rows(["Point", "Taken At", "Disks", "Bytes", "Head"], rows));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Stats(Surroundings around, BlocksOptions blocks)
    {
        var command = new Command("stats", "What the repository holds, and what it takes.");
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var repository = await blocks.OpenAsync(parsed, cancel);
            var stats = await repository.StatsAsync(cancel);
            output.Print(parsed, around.Output, new Shown.Fields(
            [
                ("id", repository.Id.ToString()), ("points", stats.Points), ("disk_bytes", stats.DiskBytes), ("stored_bytes", stats.StoredBytes),
                ("ratio", stats.StoredBytes == 0 ? null : Math.Round((double)stats.DiskBytes / stats.StoredBytes, 2)), ("blobs", stats.Blobs), ("packs", stats.Packs),
            ]));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Check(Surroundings around, BlocksOptions blocks)
    {
        var readData = new Option<bool>("--read-data") { Description = "Also read, decrypt and hash every block." };
        var rebuild = new Option<bool>("--rebuild-index") { Description = "First write the indexes anew from the packs, where one was lost or damaged." };
        var heads = new Option<string[]>("--head") { Description = "SERIES/SEQUENCE:SEAL as 'points' shows it, kept elsewhere: is it still there, or was the store set back in time? May be given several times.", HelpName = "HEAD" };
        var command = new Command("check", "Look at everything, and change nothing: exit code 7 when something is damaged, with what it harms.") { readData, rebuild, heads };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var expected = (parsed.GetValue(heads) ?? []).Select(ParseHead).ToList();
            var place = blocks.PlaceOf(parsed);
            var store = new CountedStore(StoreAddress.Open(place.Address, around.Settings.Variables, around.Settings.Directory, around.Clock));
            var repository = await Repository.OpenAsync(store, await place.Secret.ReadAsync(around.Settings.Directory, cancel), around.Clock, cancel);
            if (parsed.GetValue(rebuild))
            {
                var (packs, problems) = await ProgressLine.WhileAsync(repository.RebuildIndexAsync(cancel), store.Text, around, cancel);
                around.Error.WriteLine($"{packs} packs are indexed anew.");
                foreach (var problem in problems) around.Error.WriteLine(problem);
            }
            var found = await ProgressLine.WhileAsync(repository.CheckAsync(parsed.GetValue(readData) ? CheckDepth.Everything : CheckDepth.Structure, expected, cancel), store.Text, around, cancel);
            output.Print(parsed, around.Output, new Shown.Fields(
            [
                ("sound", found.IsSound), ("points", found.Points), ("packs", found.Packs), ("blocks_read", found.Blobs), ("packs_without_index", found.UnindexedPacks), ("problems", found.Problems.Count),
            ]));
            foreach (var problem in found.Problems) around.Error.WriteLine(problem);
            return found.IsSound ? ExitCodes.Done : ExitCodes.Storage;
        });
        return command;
    }

    static Command Forget(Surroundings around, BlocksOptions blocks)
    {
        var which = new Argument<string>("POINT") { Description = "SERIES/SEQUENCE." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("forget", "Take a point away, leaving the proof that it was on purpose. Its blocks go with a later prune.") { which, yes };
        command.SetAction(async (parsed, cancel) =>
        {
            var repository = await blocks.OpenAsync(parsed, cancel);
            var point = await PointName.Parse(parsed.GetValue(which)!).GetAsync(repository, cancel);
            if (!parsed.GetValue(yes) && !Question.Ask($"Forget the point {point.Series}/{point.Sequence} of {Moments.Text(point.TakenAt)}", around))
                return ExitCodes.Conflict;
            await repository.ForgetAsync(point, cancel);
            around.Error.WriteLine($"The point {point.Series}/{point.Sequence} is forgotten; kedge repository prune frees its blocks.");
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Prune(Surroundings around, BlocksOptions blocks)
    {
        var command = new Command("prune", "Free what no point reaches. Writers may be at work meanwhile; what they might still need goes with a later pass.");
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var repository = await blocks.OpenAsync(parsed, cancel);
            var outcome = await ProgressLine.WhileAsync(repository.PruneAsync(cancel), () => "pruning", around, cancel);
            if (outcome.IsBusyElsewhere)
                throw new RefusedException("Another prune is at work on this repository. If it was killed, its lock runs out within an hour; kedge repository unlock takes it away now.");
            output.Print(parsed, around.Output, new Shown.Fields(
            [
                ("condemned_packs", outcome.CondemnedPacks), ("copied_packs", outcome.CopiedPacks), ("deleted_packs", outcome.DeletedPacks), ("freed_bytes", outcome.FreedBytes), ("waiting_for_sessions", outcome.WaitingFor),
            ]));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Unlock(Surroundings around, BlocksOptions blocks)
    {
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("unlock", "Take away every session and lock, when nobody is at work. A writer that is, after all, loses its point, not data.") { yes };
        command.SetAction(async (parsed, cancel) =>
        {
            var repository = await blocks.OpenAsync(parsed, cancel);
            if (!parsed.GetValue(yes) && !Question.Ask("Take away every session and lock of the repository", around))
                return ExitCodes.Conflict;
            around.Error.WriteLine($"{await repository.UnlockAsync(cancel)} sessions and locks are gone.");
            return ExitCodes.Done;
        });
        return command;
    }

    static string HeadText(Point point) => $"{point.Series}/{point.Sequence}:{point.Seal}";

    static Head ParseHead(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 0 && PointName.Parse(text[..colon]) is { Sequence: { } sequence } name && Address.TryParse(text.AsSpan(colon + 1), out var seal))
            return new Head(name.Series, sequence, seal);
        throw new UsageException($"'{text}' is not a head: SERIES/SEQUENCE:SEAL, as kedge repository points shows it.");
    }
}
