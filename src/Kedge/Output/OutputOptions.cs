using System.CommandLine;

namespace Kedge.Output;

/// <summary>As in the OpenStack client: <c>-f table|json|yaml|value</c> and <c>-c COLUMN</c>, on every command that shows something.</summary>
sealed class OutputOptions
{
    readonly Option<OutputFormat> format = new("--format", "-f")
    {
        Description = "table (default), json, yaml or value: value prints the bare values, one line a row, for scripts.",
        HelpName = "table|json|yaml|value",
    };

    readonly Option<string[]> columns = new("--column", "-c")
    {
        HelpName = "COLUMN",
        Description = "Show this column only; may be given several times.",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Adds the two options to a command.</summary>
    public static OutputOptions AddTo(Command command)
    {
        var options = new OutputOptions();
        command.Options.Add(options.format);
        command.Options.Add(options.columns);
        return options;
    }

    public bool IsTable(ParseResult parsed) => parsed.GetValue(format) is OutputFormat.Table;

    /// <exception cref="UsageException">A column that is not there.</exception>
    public void Print(ParseResult parsed, TextWriter output, Shown shown) =>
        Printer.Print(output, shown, parsed.GetValue(format), parsed.GetValue(columns) ?? []);
}

enum OutputFormat
{
    Table,
    Json,
    Yaml,
    Value,
}
