using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Contracts.Moving;
using Kedge.Mediator.Moving;
using Kedge.Mover;
using Kedge.Mover.Boards;
using Kedge.Mover.Settings;
using Kedge.Moving;
using Kedge.Output;
using Kedge.Recovery.Formats;

namespace Kedge.Commands;

/// <summary><c>kedge mover</c>: the data plane's process, and who may be one.</summary>
static class MoverCommands
{
    static readonly string[] Columns = ["Site", "Name", "Certificate Until"];

    public static Command Create(Surroundings around, HomeOptions home) => new(
        "mover",
        """
        Movers carry the blocks of disks between a site and a repository. A mover asks for work and is never connected to; it holds no
        cloud's rights. Enroll it where kedge orders, carry the file that this makes to its host, and run it there.
        """)
    {
        Run(around),
        Enroll(around, home),
        List(around, home),
        Revoke(around, home),
    };

    static Command Run(Surroundings around)
    {
        var settings = new Option<string>("--settings") { Description = "Its settings file.", HelpName = "FILE", DefaultValueFactory = _ => "/etc/kedge/mover.yaml" };
        var command = new Command("run", "Be a mover until told to end; what is under way then goes on elsewhere. Not as root, where the devices allow it.") { settings };
        command.SetAction(async (parsed, cancel) =>
        {
            var path = Path.GetFullPath(parsed.GetValue(settings)!, around.Settings.Directory);
            if (!File.Exists(path))
                throw new UsageException($"There is no settings file {path}. docs/operate/mover.md has one to begin with.");
            var read = MoverSettingsFile.Read(await File.ReadAllTextAsync(path, cancel), MoverUse.Remote);
            using var identity = MoverIdentity.Open(read.Identity!);
            var boards = read.Boards.Select(board => new HttpBoard(board, identity, around.Clock)).ToList();
            around.Error.WriteLine(
                $"Mover {identity.Mover} asks {string.Join(", ", boards.Select(board => board.Name))} for work with {string.Join(", ", read.Devices)}; its certificate ends {Moments.Text(identity.Certificate.NotAfter.ToUniversalTime())}.");
            using (var host = new MoverHost(read, boards, around.Clock, TextWriter.Synchronized(around.Error)))
                await host.RunAsync(cancel);
            foreach (var board in boards)
                board.Dispose();
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Enroll(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "Its name at its site." };
        var site = new Option<string>("--site") { Description = "The site whose disks it reaches.", Required = true };
        var board = new Option<string[]>("--board")
        {
            Description = "Address under which movers reach this kedge, https://HOST:PORT; kept for the next one. Several, where several processes order at once: each takes the first that is free.",
            HelpName = "URL",
        };
        var into = new Option<string?>("--out") { Description = "File to write. Default: NAME.identity here.", HelpName = "FILE" };
        var command = new Command(
            "enroll",
            "Let a mover in: makes its certificate and key, in one file for its host, which is a secret. Enrolled again, the file before is refused. The first one makes the authority, in 'movers' of the data directory.")
        {
            name, site, board, into,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var directory = MoverDoor.DirectoryIn(kedge.DataPath);
            var mover = new MoverId(parsed.GetValue(site)!, parsed.GetValue(name)!);
            var path = Path.GetFullPath(parsed.GetValue(into) ?? $"{mover.Name}.identity", around.Settings.Directory);
            var named = (parsed.GetValue(board) ?? []).Select(BoardAddresses.Parse).ToList();
            var boards = named.Count > 0 ? named : await BoardAddresses.ReadAsync(directory, cancel);
            if (boards.Count == 0)
                throw new UsageException("Under which address do movers reach this kedge? Say --board https://HOST:PORT; it is kept for the next one.");
            kedge.Prepare();
            using var authority = await MoverAuthority.OpenOrCreateAsync(directory, around.Clock, cancel);
            // Let in last: when the file cannot be written, the one before goes on being good.
            var (certificate, key) = authority.Prepare(mover);
            await AtomicFile.WriteSecretAsync(path, MoverIdentity.Write(mover, boards.Select(one => one.GetLeftPart(UriPartial.Authority)), certificate, key, authority.CertificatePem), cancel);
            await BoardAddresses.AddAsync(directory, boards, cancel);
            await authority.LetInAsync(mover, certificate, cancel);
            around.Error.WriteLine($"Mover {mover} may ask for work. Carry {path} to its host as /etc/kedge/mover.identity (mode 600, its user's), and remove it here.");
            return ExitCodes.Done;
        });
        return command;
    }

    static Command List(Surroundings around, HomeOptions home)
    {
        var command = new Command("list", "Those that may ask for work.");
        var output = OutputOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            using var authority = MoverAuthority.Find(MoverDoor.DirectoryIn(home.Of(parsed).DataPath), around.Clock);
            var rows = (authority?.List() ?? []).Select(one => new JsonNode?[] { one.Mover.Site, one.Mover.Name, Moments.Text(one.Until) }).ToList();
            output.Print(parsed, around.Output, new Shown.Rows(Columns, rows));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Revoke(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "Its name at its site." };
        var site = new Option<string>("--site") { Description = "Its site.", Required = true };
        var command = new Command("revoke", "Refuse a mover from its next request on. What it had goes to another.") { name, site };
        command.SetAction(parsed =>
        {
            var mover = new MoverId(parsed.GetValue(site)!, parsed.GetValue(name)!);
            using var authority = MoverAuthority.Find(MoverDoor.DirectoryIn(home.Of(parsed).DataPath), around.Clock);
            if (authority is null || !authority.Revoke(mover))
                throw new UsageException($"There is no mover {mover}. kedge mover list shows those there are.");
            around.Error.WriteLine($"Mover {mover} is refused from now on.");
            return ExitCodes.Done;
        });
        return command;
    }
}
