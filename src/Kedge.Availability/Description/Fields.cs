using System.Collections.Immutable;
using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Kedge.Availability.Description;

/// <summary>The fields of one mapping of the file. What is not as it should be becomes a problem, and reading goes on without it.</summary>
sealed class Fields
{
    readonly Dictionary<string, YamlNode> values = new(StringComparer.Ordinal);
    readonly List<Problem> problems;

    public Fields(YamlMappingNode node, string path, IReadOnlyList<string> known, List<Problem> problems)
    {
        this.problems = problems;
        var lines = ImmutableDictionary.CreateBuilder<string, long>();
        foreach (var (key, value) in node.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            lines[name] = key.Start.Line;
            if (known.Contains(name))
                values[name] = value;
            else
                problems.Add(new(key.Start.Line, path.Length == 0 ? name : $"{path}.{name}", "is not a field here.", $"Those here are {string.Join(", ", known)}."));
        }
        var title = Scalar("name");
        Place = new(title is null || path.Length == 0 ? path : $"{path} ({title})", node.Start.Line, lines.ToImmutable());
    }

    public Place Place { get; }

    public bool Has(string name) => values.ContainsKey(name);

    public bool IsMap(string name) => values.GetValueOrDefault(name) is YamlMappingNode;

    public void Report(string name, string what, string whatToDo) => problems.Add(Place.Problem(name, what, whatToDo));

    public string? Text(string name)
    {
        if (values.TryGetValue(name, out var node) && Scalar(name) is null)
            Report(name, node is YamlScalarNode ? "is empty." : "takes one text.", "Give it a value, or leave the field out.");
        return Scalar(name);
    }

    /// <summary>Empty, and a problem, when it is missing.</summary>
    public string Required(string name, string whatToDo)
    {
        if (!Has(name))
            Report(name, "is missing.", whatToDo);
        return Text(name) ?? "";
    }

    public T? OneOf<T>(string name) where T : struct, Enum
    {
        if (Text(name) is not { } text)
            return null;
        if (Enum.GetNames<T>().Any(one => string.Equals(one, text, StringComparison.OrdinalIgnoreCase)))
            return Enum.Parse<T>(text, ignoreCase: true);
        Report(name, $"cannot be '{text}'.", $"Take one of {string.Join(", ", Enum.GetNames<T>().Select(one => one.ToLowerInvariant()))}.");
        return null;
    }

    public int? Number(string name, int least, int most)
    {
        if (Text(name) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Report(name, $"cannot be '{text}'.", $"Give a whole number from {least} to {most}.");
        return null;
    }

    public TimeSpan? Duration(string name) => Text(name) is { } text ? Duration(text, name) : null;

    public ImmutableArray<string> Texts(string name)
    {
        if (!values.TryGetValue(name, out var node))
            return [];
        if (node is YamlSequenceNode list && list.Children.All(child => child is YamlScalarNode { Value.Length: > 0 }))
        {
            var texts = list.Children.Select(child => ((YamlScalarNode)child).Value!).ToImmutableArray();
            foreach (var twice in texts.CountBy(text => text).Where(pair => pair.Value > 1))
                Report(name, $"names {twice.Key} {twice.Value} times.", "Name it once.");
            return [.. texts.Distinct()];
        }
        Report(name, "takes a list of names.", "Write [a, b], or one a line after '- '.");
        return [];
    }

    public ImmutableDictionary<string, string> Map(string name)
    {
        if (!values.TryGetValue(name, out var node))
            return ImmutableDictionary<string, string>.Empty;
        if (node is not YamlMappingNode mapping)
        {
            Report(name, "takes names with a value each.", "Write name: value, one a line and indented.");
            return ImmutableDictionary<string, string>.Empty;
        }
        var map = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { Length: > 0 } field } && value is YamlScalarNode { Value: { } text } && !HasControls(field + text))
                map[field] = text;
            else
                problems.Add(new(key.Start.Line, $"{Place.Path}.{name}.{key}", "takes one line of text.", "Put it in quotes if it is none for YAML."));
        }
        return map.ToImmutable();
    }

    public ImmutableDictionary<string, TimeSpan> Durations(string name, IReadOnlyList<string> known)
    {
        var map = ImmutableDictionary.CreateBuilder<string, TimeSpan>();
        foreach (var (key, text) in Map(name))
        {
            if (!known.Contains(key))
                Report(name, $"knows no '{key}'.", $"Those here are {string.Join(", ", known)}.");
            else if (Duration(text, name) is { } duration)
                map[key] = duration;
        }
        return map.ToImmutable();
    }

    /// <summary>A list of mappings, each read by <paramref name="read"/>.</summary>
    public ImmutableArray<T> Items<T>(string name, int most, IReadOnlyList<string> known, Func<Fields, T> read)
    {
        if (!values.TryGetValue(name, out var node))
            return [];
        if (node is not YamlSequenceNode list)
        {
            Report(name, "takes a list.", "Begin each item with '- '.");
            return [];
        }
        if (list.Children.Count > most)
        {
            Report(name, $"has {list.Children.Count} items.", $"At most {most} are taken.");
            return [];
        }
        var items = ImmutableArray.CreateBuilder<T>();
        foreach (var (at, child) in list.Children.Index())
        {
            if (child is YamlMappingNode mapping)
                items.Add(read(new Fields(mapping, $"{name}[{at}]", known, problems)));
            else
                problems.Add(new(child.Start.Line, $"{name}[{at}]", "takes fields of its own.", "Write - name: …, its other fields below it."));
        }
        return items.ToImmutable();
    }

    TimeSpan? Duration(string text, string name)
    {
        if (text.Length > 0 && char.IsAsciiLetter(text[^1]) && Pacemaker.Durations.Read(text) is { Ticks: > 0 } duration && duration <= TimeSpan.FromDays(1))
            return duration;
        Report(name, $"cannot be '{text}'.", "Give a duration with its unit, at most a day: 500ms, 5s, 2m.");
        return null;
    }

    string? Scalar(string name) => values.TryGetValue(name, out var node) && node is YamlScalarNode { Value: { Length: > 0 } text } && !HasControls(text) ? text : null;

    static bool HasControls(string text) => text.Any(char.IsControl);
}
