using System.CommandLine;
using Kedge.Blocks;

namespace Kedge.Commands;

/// <summary>Which block repository, and which file opens it: options of every <c>kedge repository</c>.</summary>
sealed class BlocksOptions(Surroundings around)
{
    const string AddressVariable = "KEDGE_BLOCKS";
    const string KeyVariable = "KEDGE_BLOCKS_KEY";
    const string PassphraseVariable = "KEDGE_BLOCKS_PASSPHRASE_FILE";

    readonly Option<string?> address = new("--blocks")
    {
        Description = $"The repository: a directory, s3://BUCKET/PREFIX?endpoint=URL&region=NAME&lock=30d, or swift://CONTAINER/PREFIX. Default: ${AddressVariable}.",
        Recursive = true,
        HelpName = "ADDRESS",
    };

    readonly Option<string?> key = new("--key")
    {
        Description = $"Its key: a file of 32 random bytes or more. Default: ${KeyVariable}.",
        Recursive = true,
        HelpName = "FILE",
    };

    readonly Option<string?> passphrase = new("--passphrase-file")
    {
        Description = $"Or its passphrase, in a file. Default: ${PassphraseVariable}.",
        Recursive = true,
        HelpName = "FILE",
    };

    public static BlocksOptions AddTo(Command command, Surroundings around)
    {
        var options = new BlocksOptions(around);
        command.Options.Add(options.address);
        command.Options.Add(options.key);
        command.Options.Add(options.passphrase);
        return options;
    }

    /// <exception cref="UsageException">Nothing says where it is, or how it opens.</exception>
    public RepositoryPlace PlaceOf(ParseResult parsed)
    {
        var place = parsed.GetValue(address) ?? Find(AddressVariable) ?? throw new UsageException($"Which repository? Say --blocks ADDRESS, or set {AddressVariable}.");
        return new RepositoryPlace(place, SecretOf(parsed.GetValue(key), parsed.GetValue(passphrase), "--key", "--passphrase-file")
            ?? SecretOf(Find(KeyVariable), Find(PassphraseVariable), KeyVariable, PassphraseVariable)
            ?? throw new UsageException($"What opens the repository? Say --key FILE or --passphrase-file FILE, or set {KeyVariable} or {PassphraseVariable}."));
    }

    public Task<Repository> OpenAsync(ParseResult parsed, CancellationToken cancel) =>
        PlaceOf(parsed).OpenAsync(around.Settings.Variables, around.Settings.Directory, around.Clock, cancel);

    /// <summary>Null: neither is given.</summary>
    /// <exception cref="UsageException">Both are.</exception>
    public static SecretFile? SecretOf(string? key, string? passphrase, string keyName, string passphraseName) => (key, passphrase) switch
    {
        (not null, not null) => throw new UsageException($"{keyName} and {passphraseName} are both given; which one?"),
        (not null, null) => new SecretFile(key, SecretKind.Key),
        (null, not null) => new SecretFile(passphrase, SecretKind.Passphrase),
        _ => null,
    };

    string? Find(string name) => around.Settings.Variables.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}
