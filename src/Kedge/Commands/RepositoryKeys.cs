using System.CommandLine;
using Kedge.Blocks.Keys;

namespace Kedge.Commands;

/// <summary><c>kedge repository key</c>: who can open a repository.</summary>
static class RepositoryKeys
{
    public static Command Create(Surroundings around, BlocksOptions blocks)
    {
        var command = new Command("key", "Who can open the repository: key files and passphrases.");
        command.Subcommands.Add(Add(around, blocks));
        command.Subcommands.Add(Rotate(around, blocks));
        return command;
    }

    static Command Add(Surroundings around, BlocksOptions blocks)
    {
        var fresh = NewSecret.AddTo(out var key, out var passphrase);
        var command = new Command("add", "Let another key or passphrase open it, beside those there are.") { key, passphrase };
        command.SetAction(async (parsed, cancel) =>
        {
            var credential = await fresh.ReadAsync(parsed, around, cancel);
            await (await blocks.OpenAsync(parsed, cancel)).AddCredentialAsync(credential, cancel);
            around.Error.WriteLine("It opens the repository now, too.");
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Rotate(Surroundings around, BlocksOptions blocks)
    {
        var fresh = NewSecret.AddTo(out var key, out var passphrase);
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("rotate", "Make another key or passphrase the only one, and encrypt with fresh keys from now on. No data is rewritten: who had the old key and a copy of the repository can read that copy.") { key, passphrase, yes };
        command.SetAction(async (parsed, cancel) =>
        {
            var credential = await fresh.ReadAsync(parsed, around, cancel);
            var repository = await blocks.OpenAsync(parsed, cancel);
            if (!parsed.GetValue(yes) && !Question.Ask("Make the new key the only one: every other holder is locked out", around))
                return ExitCodes.Conflict;
            await repository.RotateAsync(credential, cancel);
            around.Error.WriteLine("The new key is the only one. Give it to every mover, then destroy the old one.");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The two options that name what is to be added.</summary>
    sealed class NewSecret(Option<string?> key, Option<string?> passphrase)
    {
        public static NewSecret AddTo(out Option<string?> key, out Option<string?> passphrase)
        {
            key = new Option<string?>("--new-key") { Description = "The new key: a file of 32 random bytes or more.", HelpName = "FILE" };
            passphrase = new Option<string?>("--new-passphrase-file") { Description = "Or the new passphrase, in a file.", HelpName = "FILE" };
            return new NewSecret(key, passphrase);
        }

        public Task<Credential> ReadAsync(ParseResult parsed, Surroundings around, CancellationToken cancel)
        {
            var file = BlocksOptions.SecretOf(parsed.GetValue(key), parsed.GetValue(passphrase), "--new-key", "--new-passphrase-file")
                ?? throw new UsageException("What is to open the repository? Say --new-key FILE or --new-passphrase-file FILE.");
            return file.ReadAsync(around.Settings.Directory, cancel);
        }
    }
}
