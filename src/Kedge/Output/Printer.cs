using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Recovery.Formats;
using Spectre.Console;

namespace Kedge.Output;

/// <summary>Prints what a command shows, in the form that was asked for, to standard output; everything else goes to standard error.</summary>
static class Printer
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="UsageException">A column that is not there.</exception>
    public static void Print(TextWriter output, Shown shown, OutputFormat format, IReadOnlyList<string> columns)
    {
        var chosen = Choose(shown, columns);
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteLine(ToJson(chosen).ToJsonString(Indented));
                break;
            case OutputFormat.Yaml:
                output.Write(YamlText.Write(ToJson(chosen)));
                break;
            case OutputFormat.Value:
                PrintValues(output, chosen);
                break;
            default:
                PrintTable(output, chosen);
                break;
        }
    }

    static Shown Choose(Shown shown, IReadOnlyList<string> columns)
    {
        if (columns.Count == 0)
            return shown;
        switch (shown)
        {
            case Shown.Rows rows:
                var places = columns.Select(column => PlaceOf(rows.Columns, column)).ToArray();
                return new Shown.Rows(
                    [.. places.Select(place => rows.Columns[place])],
                    [.. rows.Values.Select(row => places.Select(place => row[place]).ToArray())]);
            case Shown.Fields fields:
                var names = fields.Values.Select(field => field.Name).ToArray();
                return new Shown.Fields([.. columns.Select(column => fields.Values[PlaceOf(names, column)])]);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    static int PlaceOf(IReadOnlyList<string> names, string wanted)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (string.Equals(names[i], wanted, StringComparison.OrdinalIgnoreCase))
                return i;
        }
        throw new UsageException($"There is no column '{wanted}'. The columns are: {string.Join(", ", names)}.");
    }

    static JsonNode ToJson(Shown shown) => shown switch
    {
        Shown.Rows rows => new JsonArray([.. rows.Values.Select(row => (JsonNode)new JsonObject(
            rows.Columns.Select((column, i) => KeyValuePair.Create(column, row[i]?.DeepClone()))))]),
        Shown.Fields fields => new JsonObject(fields.Values.Select(field => KeyValuePair.Create(field.Name, field.Value?.DeepClone()))),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    static void PrintValues(TextWriter output, Shown shown)
    {
        if (shown is Shown.Rows rows)
        {
            foreach (var row in rows.Values)
                output.WriteLine(string.Join(' ', row.Select(Bare)));
        }
        else if (shown is Shown.Fields fields)
        {
            foreach (var (_, value) in fields.Values)
                output.WriteLine(Bare(value));
        }
    }

    static void PrintTable(TextWriter output, Shown shown)
    {
        var table = new Table { Border = TableBorder.Ascii2 };
        if (shown is Shown.Rows rows)
        {
            foreach (var column in rows.Columns)
                table.AddColumn(new TableColumn(Markup.Escape(column)));
            foreach (var row in rows.Values)
                table.AddRow([.. row.Select(value => new Text(Text(value)))]);
        }
        else if (shown is Shown.Fields fields)
        {
            table.AddColumns("Field", "Value");
            foreach (var (name, value) in fields.Values)
                table.AddRow(new Text(name), new Text(Text(value)));
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), ColorSystem = ColorSystemSupport.NoColors });
        // A pipe has no width: a table that is cut to 80 columns there loses what a reader looks for.
        if (Console.IsOutputRedirected || output != Console.Out)
            console.Profile.Width = 1000;
        console.Write(table);
    }

    /// <summary>On one line whatever it is, so that a script may count on a row a line.</summary>
    static string Bare(JsonNode? value) => value switch
    {
        JsonObject => value.ToJsonString(Compact),
        JsonArray array when array.Any(item => item is not JsonValue) => value.ToJsonString(Compact),
        JsonArray array => string.Join(", ", array.Select(Bare)),
        _ => Plain(value).ReplaceLineEndings(" "),
    };

    /// <summary>For a reader: things of many parts as short lines, one each.</summary>
    static string Text(JsonNode? value) => value switch
    {
        JsonObject whole => Line(whole),
        JsonArray array when array.Any(item => item is not JsonValue || Plain(item).Contains(' ', StringComparison.Ordinal)) =>
            string.Join('\n', array.Select(item => item is JsonArray inner ? string.Join(", ", inner.Select(Text)) : Text(item))),
        JsonArray array => string.Join(", ", array.Select(Plain)),
        _ => Plain(value),
    };

    /// <summary><c>name=db addresses=10.0.0.4,10.0.1.4</c>: what is null or empty is left out.</summary>
    static string Line(JsonObject whole) => string.Join(' ', whole
        .Where(part => part.Value is not (null or JsonArray { Count: 0 } or JsonObject { Count: 0 }))
        .Select(part => $"{part.Key}={Inner(part.Value)}"));

    static string Inner(JsonNode? value) => value switch
    {
        JsonObject whole => $"({Line(whole)})",
        JsonArray array => string.Join(',', array.Select(Inner)),
        _ => Plain(value),
    };

    static string Plain(JsonNode? value) => value switch
    {
        null => "",
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
        JsonValue flag when flag.GetValueKind() is JsonValueKind.True => "True",
        JsonValue flag when flag.GetValueKind() is JsonValueKind.False => "False",
        _ => value.ToJsonString(Compact),
    };
}
