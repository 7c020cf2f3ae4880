using System.Text.Json.Nodes;

namespace Kedge.Output;

/// <summary>What a command has to show: many rows alike, or the fields of one thing. A closed family.</summary>
abstract record Shown
{
    private Shown() { }

    /// <param name="Columns">Headings, as <c>-c</c> takes them.</param>
    /// <param name="Rows">Values in the order of the headings; text, number, boolean, null or nested JSON.</param>
    public sealed record Rows(IReadOnlyList<string> Columns, IReadOnlyList<JsonNode?[]> Values) : Shown;

    public sealed record Fields(IReadOnlyList<(string Name, JsonNode? Value)> Values) : Shown;
}
