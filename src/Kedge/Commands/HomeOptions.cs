using System.CommandLine;
using Kedge.Home;

namespace Kedge.Commands;

/// <summary>Where kedge keeps its records and points: options that every command takes.</summary>
sealed class HomeOptions(Surroundings around)
{
    readonly Option<string> data = new("--data")
    {
        Description = "Data directory. Default: $KEDGE_DATA, else ~/.local/share/kedge.",
        Recursive = true,
        HelpName = "DIR",
    };

    readonly Option<string> repository = new("--repository")
    {
        Description = "Directory of recovery points, reachable without the primary. Default: $KEDGE_REPOSITORY, else 'repository' in the data directory.",
        Recursive = true,
        HelpName = "DIR",
    };

    public static HomeOptions AddTo(RootCommand root, Surroundings around)
    {
        var options = new HomeOptions(around);
        root.Options.Add(options.data);
        root.Options.Add(options.repository);
        return options;
    }

    public KedgeHome Of(ParseResult parsed)
    {
        var variables = around.Settings.Variables;
        var dataPath = parsed.GetValue(data) ?? KedgeHome.DefaultDataPath(variables, around.Settings.Home);
        var repositoryPath = parsed.GetValue(repository) ?? variables.GetValueOrDefault("KEDGE_REPOSITORY");
        return new KedgeHome(
            Path.GetFullPath(dataPath, around.Settings.Directory),
            Path.GetFullPath(repositoryPath is { Length: > 0 } ? repositoryPath : Path.Combine(dataPath, "repository"), around.Settings.Directory),
            around);
    }
}
