using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Kedge.Availability.Description;

/// <summary>Reads ha.yaml; docs/formats/ha.md is its contract.</summary>
public static class DescriptionFile
{
    /// <summary>500 services with all their fields fit in a tenth of it.</summary>
    const int LongestText = 1024 * 1024;

    static readonly string[] Top = ["cluster", "profile", "release", "controllers", "services", "virtualIps", "fencing", "properties"];

    static readonly string[] OfService =
        ["name", "agent", "kept", "runs", "on", "after", "with", "apart", "ip", "monitor", "depth", "timeouts", "parameters", "meta"];

    static readonly string[] OfIp = ["name", "address", "prefix", "interface", "agent", "on", "monitor"];
    static readonly string[] OfDevice = ["name", "agent", "fences", "level", "delay", "monitor", "parameters"];
    static readonly string[] Operations = ["start", "stop", "monitor", "promote", "demote"];

    /// <param name="text">The file.</param>
    /// <param name="file">Its name, for the error.</param>
    /// <exception cref="DescriptionException">All that is wrong with it.</exception>
    public static ClusterDescription Parse(string text, string file)
    {
        var problems = new List<Problem>();
        if (Root(text, problems) is not { } root)
            throw new DescriptionException(file, problems);
        var fields = new Fields(root, "", Top, problems);
        var controllers = fields.Texts("controllers");
        if (controllers.IsEmpty)
            fields.Report("controllers", "names no node.", "List the nodes by the names that 'crm_node -l' prints.");
        var profile = fields.OneOf<Profile>("profile");
        if (!fields.Has("profile"))
            fields.Report("profile", "is missing.", "Take paper, classic or modern.");
        var description = new ClusterDescription(
            fields.Required("cluster", "Give the cluster a name."),
            profile ?? Profile.Modern,
            fields.Text("release")?.ToLowerInvariant(),
            controllers,
            fields.Items("services", 500, OfService, Service),
            fields.Items("virtualIps", 100, OfIp, Ip),
            fields.Items("fencing", 200, OfDevice, Device),
            fields.Map("properties"));
        problems.AddRange(DescriptionRules.ProblemsIn(description, fields.Place));
        return problems.Count == 0 ? description : throw new DescriptionException(file, [.. problems.OrderBy(problem => problem.Line)]);
    }

    static YamlMappingNode? Root(string text, List<Problem> problems)
    {
        if (text.Length > LongestText)
        {
            problems.Add(new(1, "the file", $"is longer than {LongestText} characters.", "Is it the right file?"));
            return null;
        }
        var stream = new YamlStream();
        var parser = new Parser(new StringReader(text));
        try
        {
            stream.Load(parser);
        }
        catch (YamlException e)
        {
            problems.Add(new(e.Start.Line, $"column {e.Start.Column}", $"is not YAML: {e.Message}", "Mend it; the rest of the file was not looked at."));
            return null;
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner says no more than that where text goes on after a bracket that was never closed.
            problems.Add(new(parser.Current?.End.Line ?? 1, "here or on the next line", "a bracket or quote is not closed.", "Close it; the rest of the file was not looked at."));
            return null;
        }
        if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            return root;
        problems.Add(new(1, "the file", "is not one document with fields.", "It begins with cluster: NAME; docs/formats/ha.md shows a whole one."));
        return null;
    }

    static ServiceEntry Service(Fields fields) => new(
        fields.Required("name", "Give the service a name."),
        fields.Text("agent"),
        fields.OneOf<Keeper>("kept"),
        fields.OneOf<Runs>("runs"),
        On(fields),
        fields.Texts("after"),
        fields.Texts("with"),
        fields.Texts("apart"),
        fields.Text("ip"),
        fields.Duration("monitor"),
        fields.OneOf<Depth>("depth"),
        fields.Durations("timeouts", Operations),
        fields.Map("parameters"),
        fields.Map("meta"),
        fields.Place);

    static VirtualIp Ip(Fields fields) => new(
        fields.Required("name", "Give the virtual IP a name."),
        fields.Required("address", "Give the address that moves."),
        fields.Number("prefix", 1, 128),
        fields.Text("interface"),
        fields.Text("agent"),
        On(fields),
        fields.Duration("monitor"),
        fields.Place);

    static FencingDevice Device(Fields fields) => new(
        fields.Required("name", "Give the device a name."),
        fields.Required("agent", "Take one of fence-agents, e.g. fence_ipmilan: stonith_admin --list-installed."),
        Fences(fields),
        fields.Number("level", 1, 9) ?? 1,
        fields.Duration("delay"),
        fields.Duration("monitor"),
        fields.Map("parameters"),
        fields.Place);

    static ImmutableArray<string>? On(Fields fields)
    {
        if (!fields.Has("on"))
            return null;
        var on = fields.Texts("on");
        if (on.IsEmpty)
            fields.Report("on", "leaves no controller.", "Name some, or leave the field out for all.");
        return on;
    }

    static ImmutableArray<(string Node, string? Plug)> Fences(Fields fields)
    {
        var fences = fields.IsMap("fences")
            ? [.. fields.Map("fences").OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, (string?)pair.Value))]
            : fields.Texts("fences").Select(node => (node, (string?)null)).ToImmutableArray();
        if (fences.IsEmpty)
            fields.Report("fences", "names no controller.", "Name the nodes that this device can switch off: [n1], or {n1: plug}.");
        return fences;
    }
}
