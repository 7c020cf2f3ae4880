using System.Xml.Linq;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Tests.Pacemaker;

/// <summary>
/// Pacemaker's contract at the wire, whole: cibadmin compares versions, what is configured runs at once on the first node that is not banned,
/// and crm_mon shows it. Somebody else may write at any command.
/// </summary>
sealed class FakeCluster(string cib) : IClusterCommands
{
    readonly Lock gate = new();

    public string Current { get; private set; } = cib;

    public int Writes { get; private set; }

    public int Commands { get; private set; }

    public string VerifySays { get; set; } = "";

    /// <summary>Hears each command before it is run; may throw, or write.</summary>
    public Action<FakeCluster, IReadOnlyList<string>>? Before { get; set; }

    /// <summary>Hears each command after it was run, before its answer is seen.</summary>
    public Action<FakeCluster, IReadOnlyList<string>>? After { get; set; }

    /// <summary>So many replaces are taken by the node that was asked, and dropped by the others, whose copy wins.</summary>
    public int Drops { get; set; }

    public string[] NotRunning { get; set; } = [];

    public Task<CommandAnswer> RunAsync(IReadOnlyList<string> command, string? input, TimeSpan limit, CancellationToken cancel)
    {
        lock (gate)
        {
            Commands++;
            Before?.Invoke(this, command);
            var answer = Answer(command, input);
            After?.Invoke(this, command);
            return Task.FromResult(answer);
        }
    }

    /// <summary>Another writer, who does it right.</summary>
    public void Write(Action<XElement> change)
    {
        var root = XElement.Parse(Current);
        change(root.Element("configuration")!);
        root.SetAttributeValue("epoch", (int)root.Attribute("epoch")! + 1);
        Current = root.ToString();
    }

    CommandAnswer Answer(IReadOnlyList<string> command, string? input)
    {
        switch (command)
        {
            case ["cibadmin", "--query"] or ["cibadmin", "--query", "--node", _]:
                return new(0, Current, "");
            case ["crm_verify", ..]:
                return new(VerifySays.Length == 0 ? 0 : 78, "", VerifySays);
            case ["crm_simulate", ..]:
                return new(0, "<pacemaker-result><actions/></pacemaker-result>", "");
            case ["crm_resource", "--wait", _]:
                return new(0, "", "");
            case ["crm_mon", ..]:
                return new(0, Status(), "");
            case ["cibadmin", "--replace", "--xml-pipe"] when Version(input!) >= Version(Current):
                if (Drops-- > 0)
                    return new(0, "", "");
                var written = XElement.Parse(input!);
                written.SetAttributeValue("epoch", Version(input!) + 1);
                Current = written.ToString();
                Writes++;
                return new(0, "", "");
            case ["cibadmin", "--replace", ..]:
                return new(103, "", "Update was older than existing configuration");
            default:
                throw new InvalidOperationException(string.Join(' ', command));
        }
    }

    static int Version(string cib) => Cib.Parse(cib).Version.Epoch;

    string Status()
    {
        var configuration = XElement.Parse(Current).Element("configuration")!;
        var nodes = Cib.Parse(Current).Nodes;
        var resources = configuration.Element("resources")!.Elements().SelectMany(whole =>
        {
            var primitive = whole.Name.LocalName == "primitive" ? whole : whole.Element("primitive")!;
            var banned = configuration.Descendants("rsc_location").Where(ban => (string?)ban.Attribute("rsc") == (string?)whole.Attribute("id")).Select(ban => (string?)ban.Attribute("node"));
            var able = nodes.Except(banned.OfType<string>()).ToArray();
            var promoted = whole.Descendants("nvpair").Any(pair => (string?)pair.Attribute("name") == "promotable");
            return (whole == primitive ? able.Take(1) : able).Select((node, at) => Instance((string)primitive.Attribute("id")!, node, promoted && at == 0 ? "Promoted" : "Started"));
        });
        return new XElement(
            "pacemaker-result",
            new XElement("summary", new XElement("current_dc", new XAttribute("present", "true"), new XAttribute("with_quorum", "true"), new XAttribute("name", nodes[0]))),
            new XElement("nodes", nodes.Select(node => new XElement("node", new XAttribute("name", node), new XAttribute("online", "true")))),
            new XElement("resources", resources)).ToString();
    }

    XElement Instance(string id, string node, string role) => new(
        "resource",
        new XAttribute("id", id), new XAttribute("resource_agent", "ocf"), new XAttribute("role", NotRunning.Contains(id) ? "Stopped" : role), new XAttribute("managed", "true"),
        NotRunning.Contains(id) ? null : new XElement("node", new XAttribute("name", node)));
}
