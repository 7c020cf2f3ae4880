using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Kedge.Recovery.Formats;

/// <summary>
/// YAML as another spelling of JSON: what a person edits is read into the same records, with the same checks, as everything else.
/// Scalars follow YAML 1.2's core schema; anchors are followed, tags are ignored.
/// </summary>
public static class YamlText
{
    /// <summary>A mapping file is a few pages; more than this is a mistake, and would only cost memory.</summary>
    const int LongestText = 4 * 1024 * 1024;

    /// <exception cref="FormatException">Not YAML, or more than one document; the message names line and column.</exception>
    public static JsonNode? Parse(string text)
    {
        if (text.Length > LongestText)
            throw new FormatException($"The text is longer than {LongestText} characters.");
        var stream = new YamlStream();
        var parser = new Parser(new StringReader(text));
        try
        {
            stream.Load(parser);
        }
        catch (YamlException e)
        {
            throw new FormatException($"Line {e.Start.Line}, column {e.Start.Column}: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // YamlDotNet's scanner says no more than that where text goes on after a bracket that was never closed.
            throw new FormatException($"Line {parser.Current?.End.Line ?? 1} or the one after it: a bracket or quote is not closed.", e);
        }
        return stream.Documents.Count switch
        {
            0 => null,
            1 => ToJson(stream.Documents[0].RootNode, depth: 0),
            _ => throw new FormatException("There is more than one document (---) in the text."),
        };
    }

    /// <summary>Line, from 1, of a field such as <c>flavors[0].target</c>; where it is missing, of what would hold it. Null: of nothing.</summary>
    /// <param name="text">YAML that <see cref="Parse"/> took.</param>
    /// <param name="path">Names joined by dots, positions from 0 in brackets.</param>
    public static long? LineOf(string text, string path)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        if (stream.Documents.Count == 0)
            return null;
        var node = stream.Documents[0].RootNode;
        long? line = null;
        foreach (var part in path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (node is YamlMappingNode mapping && mapping.Children.FirstOrDefault(child => child.Key is YamlScalarNode key && key.Value == part) is { Key: { } at } field)
                (line, node) = (at.Start.Line, field.Value);
            else if (node is YamlSequenceNode sequence && int.TryParse(part.Trim('[', ']'), CultureInfo.InvariantCulture, out var index) && index < sequence.Children.Count)
                (line, node) = (sequence.Children[index].Start.Line, sequence.Children[index]);
            else
                break;
        }
        return line;
    }

    public static string Write(JsonNode? node)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings().WithMaxSimpleKeyLength(256).WithNewLine("\n"));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, node);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    static JsonNode? ToJson(YamlNode node, int depth)
    {
        if (depth > 64)
            throw new FormatException($"Line {node.Start.Line}: nested more than 64 deep.");
        switch (node)
        {
            case YamlMappingNode mapping:
                var json = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                {
                    if (key is not YamlScalarNode { Value: { } name })
                        throw new FormatException($"Line {key.Start.Line}: a key must be plain text.");
                    json[name] = ToJson(value, depth + 1);
                }
                return json;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select(child => ToJson(child, depth + 1))]);
            case YamlScalarNode scalar:
                return scalar.Style == ScalarStyle.Plain ? PlainScalar(scalar.Value ?? "") : JsonValue.Create(scalar.Value ?? "");
            default:
                throw new FormatException($"Line {node.Start.Line}: an alias that points nowhere.");
        }
    }

    static JsonValue? PlainScalar(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when LooksLikeNumber(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) =>
            JsonValue.Create(real),
        _ => JsonValue.Create(text),
    };

    static bool LooksLikeNumber(string text) => char.IsAsciiDigit(text[^1]) && text.Any(char.IsAsciiDigit)
        && text.All(c => char.IsAsciiDigit(c) || c is '.' or '-' or '+' or 'e' or 'E') && !text.StartsWith('e') && !text.StartsWith('E');

    static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json:
                emitter.Emit(new MappingStart(null, null, isImplicit: true, json.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (name, value) in json)
                {
                    emitter.Emit(TextScalar(name));
                    Emit(emitter, value);
                }
                emitter.Emit(new MappingEnd());
                break;
            case JsonArray array:
                emitter.Emit(new SequenceStart(null, null, isImplicit: true, array.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in array)
                    Emit(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                emitter.Emit(TextScalar(value.GetValue<string>()));
                break;
            default:
                emitter.Emit(new Scalar(null, null, node?.ToJsonString() ?? "null", ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false));
                break;
        }
    }

    /// <summary>Quoted wherever a reader would take it for something else than text.</summary>
    static Scalar TextScalar(string text)
    {
        var style = PlainScalar(text) is { } plain && plain.GetValueKind() == JsonValueKind.String && !LooksLikeYaml11(text)
            ? text.Contains('\n') ? ScalarStyle.Literal : ScalarStyle.Any
            : ScalarStyle.SingleQuoted;
        return new Scalar(null, null, text, style, isPlainImplicit: true, isQuotedImplicit: true);
    }

    /// <summary>Other readers follow YAML 1.1, to which these are booleans, and 12:34 a number.</summary>
    static bool LooksLikeYaml11(string text) => text.ToUpperInvariant() is "YES" or "NO" or "ON" or "OFF" or "Y" or "N"
        || (text.Length > 0 && text.All(c => char.IsAsciiDigit(c) || c is ':' or '.' or '_' or 'x' or '-'));
}
