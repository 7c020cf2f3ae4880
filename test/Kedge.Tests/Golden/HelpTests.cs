using System.CommandLine;
using System.Text.RegularExpressions;
using Kedge.Commands;
using Kedge.OpenStack;

namespace Kedge.Tests.Golden;

public sealed partial class HelpTests
{
    static Surroundings Nobody => new(
        TextWriter.Null, TextWriter.Null, TextReader.Null, false, new SettingsSource(new Dictionary<string, string>(), "/", "/"), TimeProvider.System);

    public static TheoryData<string> Verbs => [.. KedgeCommand.Create(Nobody).Subcommands.Select(command => command.Name)];

    [Fact]
    public async Task Help_tells_every_verb_and_every_exit_code() => Kedge.Recovery.Tests.Golden.Demand("kept/help.txt", await HelpAsync(""));

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Help_of_a_verb_is_as_it_was_reviewed(string verb)
    {
        var parts = KedgeCommand.Create(Nobody).Subcommands.Single(command => command.Name == verb).Subcommands;
        var text = await HelpAsync(verb);
        foreach (var part in parts)
            text += $"\n---- kedge {verb} {part.Name} ----\n" + await HelpAsync($"{verb} {part.Name}");

        Kedge.Recovery.Tests.Golden.Demand($"kept/help-{verb}.txt", text);
    }

    [Fact]
    public void Every_command_argument_and_option_says_what_it_is_for() =>
        Assert.All(All(KedgeCommand.Create(Nobody)), symbol => Assert.False(string.IsNullOrWhiteSpace(symbol.Description), symbol.Name));

    [Fact]
    public void A_command_that_a_message_advises_is_one_that_there_is()
    {
        var root = KedgeCommand.Create(Nobody);
        var source = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../src"));

        var advised = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Advice().Matches(File.ReadAllText(file)).Select(found => (Noun: found.Groups[1].Value, Verb: found.Groups[2].Value)))
            .Distinct().ToList();

        Assert.NotEmpty(advised);
        Assert.All(advised, each => Assert.True(
            root.Subcommands.Single(command => command.Name == each.Noun).Subcommands.Any(command => command.Name == each.Verb), $"There is no kedge {each.Noun} {each.Verb}."));
    }

    static IEnumerable<Symbol> All(Command command) =>
        [command, .. command.Arguments, .. command.Options.Where(option => option is not System.CommandLine.Help.HelpOption), .. command.Subcommands.SelectMany(All)];

    static async Task<string> HelpAsync(string verb)
    {
        using var output = new StringWriter();
        Assert.Equal(ExitCodes.Done, await KedgeCommand.RunAsync([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"], Nobody with { Output = output }));
        // Named after the program that asks; and padded to its width.
        return Trailing().Replace(output.ToString().Replace(RootCommand.ExecutableName, "kedge", StringComparison.Ordinal), "\n");
    }

    [GeneratedRegex(@"\bkedge (site|workload|policy|mapping|point|plan|run) ([a-z-]+)\b(?! YAML)")]
    private static partial Regex Advice();

    [GeneratedRegex(@" *\r?\n")]
    private static partial Regex Trailing();
}
