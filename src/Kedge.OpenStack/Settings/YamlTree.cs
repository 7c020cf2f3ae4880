using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Kedge.OpenStack.Settings;

/// <summary>A YAML mapping in the order of its file, as texts, lists of texts and mappings; keys with <c>-</c> are those with <c>_</c>.</summary>
internal sealed class YamlTree
{
    readonly Dictionary<string, object> values = [];
    readonly List<string> order = [];

    public static YamlTree Empty { get; } = new();

    public IReadOnlyList<KeyValuePair<string, YamlTree>> Fields =>
        [.. order.Where(key => values[key] is YamlTree).Select(key => new KeyValuePair<string, YamlTree>(key, (YamlTree)values[key]))];

    public IEnumerable<string> Keys => order;

    public static YamlTree Of(YamlMappingNode mapping, bool keepsNames = false)
    {
        var tree = new YamlTree();
        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { } name })
                tree.Set(keepsNames ? name : Plain(name), Convert(value, keepsNames: name is "clouds"));
        }

        return tree;
    }

    /// <summary>The <c>OS_*</c> variables as a cloud: <c>OS_REGION_NAME</c> is <c>region_name</c>.</summary>
    public static YamlTree OfVariables(IReadOnlyDictionary<string, string> variables)
    {
        var tree = new YamlTree();
        foreach (var (name, value) in variables)
        {
            if (name.StartsWith("OS_", StringComparison.Ordinal) && value.Length > 0)
                tree.Set(Plain(name[3..].ToLowerInvariant()), value);
        }

        return tree;
    }

    public YamlTree? Find(string name) => values.GetValueOrDefault(name) as YamlTree;

    public string? Text(string name) => values.GetValueOrDefault(name) as string;

    public IReadOnlyList<object> List(string name) => values.GetValueOrDefault(name) as IReadOnlyList<object> ?? [];

    /// <summary>This, with what the other has laid over it, mapping by mapping.</summary>
    public YamlTree With(YamlTree over)
    {
        var merged = new YamlTree();
        foreach (var key in order)
            merged.Set(key, values[key]);
        foreach (var key in over.order)
        {
            merged.Set(key, over.values[key] is YamlTree inner && values.GetValueOrDefault(key) is YamlTree own ? own.With(inner) : over.values[key]);
        }

        return merged;
    }

    public YamlTree Without(Func<string, bool> isUnwanted)
    {
        var left = new YamlTree();
        foreach (var key in order.Where(key => !isUnwanted(key)))
            left.Set(key, values[key]);
        return left;
    }

    /// <summary>As JSON, the only field of an object.</summary>
    public string ToJson(string field) => new JsonObject { [field] = ToJson() }.ToJsonString();

    JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var key in order)
            json[key] = NodeOf(values[key]);
        return json;
    }

    static JsonNode? NodeOf(object value) => value switch
    {
        YamlTree tree => tree.ToJson(),
        IReadOnlyList<object> list => new JsonArray([.. list.Select(NodeOf)]),
        _ => JsonValue.Create((string)value),
    };

    static string Plain(string name) => name.Replace('-', '_');

    static object Convert(YamlNode node, bool keepsNames) => node switch
    {
        YamlMappingNode mapping => Of(mapping, keepsNames),
        YamlSequenceNode sequence => (IReadOnlyList<object>)[.. sequence.Children.Select(child => Convert(child, keepsNames: false))],
        YamlScalarNode scalar => scalar.Value ?? "",
        _ => "",
    };

    void Set(string key, object value)
    {
        if (!values.ContainsKey(key))
            order.Add(key);
        values[key] = value;
    }
}
