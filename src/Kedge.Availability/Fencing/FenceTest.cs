using System.Globalization;
using System.Xml.Linq;
using Kedge.Availability.Evidence;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Fencing;

/// <summary>
/// Proves a fencing device by using it: the node is switched off and on by Pacemaker itself, through that device alone. Where a node has
/// several devices, its levels are replaced by one of the device for the time of the trial, and put back whatever happens.
/// </summary>
/// <param name="directory">Where evidence is kept, and the levels as they were while a trial goes on.</param>
public sealed class FenceTest(Cluster cluster, IClusterCommands commands, string directory, TimeProvider clock)
{
    /// <summary>The ids of levels that a trial makes begin so; one that stays behind is found by the audit.</summary>
    public const string LevelPrefix = "kedge-fence-test-";

    static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(20);
    static readonly TimeSpan FenceLimit = TimeSpan.FromSeconds(120);

    /// <summary>Longer than any token: a node that was never seen away until then came back between two looks.</summary>
    static readonly TimeSpan MissedBy = TimeSpan.FromSeconds(30);

    static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    readonly LineFile<FenceProof> proofs = FenceProofs.In(directory);

    /// <summary>Devices that say that they can fence the node, as the fencer knows them now.</summary>
    public async Task<IReadOnlyList<string>> DevicesAsync(string node, CancellationToken cancel)
    {
        var answer = await commands.RunAsync(["stonith_admin", "--list", node, "--output-as=xml"], null, ToolLimit, cancel);
        // With no device it ends with an error, and an empty list.
        return [.. ClusterXml.Parse(answer.Output, "pacemaker-result").Descendants("item").Where(item => (string?)item.Attribute("name") == "device").Select(item => item.Value)];
    }

    /// <summary>The node on which the commands run.</summary>
    public async Task<string> HereAsync(CancellationToken cancel)
    {
        var answer = await commands.RunAsync(["crm_node", "--name"], null, ToolLimit, cancel);
        return answer.ExitCode == 0 ? answer.Output.Trim() : throw new ClusterException(ClusterFault.Refused, $"crm_node ended with {answer.ExitCode}: {answer.Error.Trim()}");
    }

    /// <summary>One trial, written down whether it worked or not.</summary>
    /// <param name="alone">The node's only device: its levels need no change.</param>
    /// <param name="back">How long to wait for the node to be a member again; zero: not at all.</param>
    public async Task<FenceProof> TryAsync(string node, string device, bool alone, TimeSpan back, CancellationToken cancel)
    {
        var levels = alone ? null : await NarrowAsync(node, device, cancel);
        FenceProof proof;
        try
        {
            proof = await FenceAsync(node, device, cancel);
        }
        finally
        {
            // Also after Ctrl-C: a node must not stay with one device of several.
            if (levels is not null)
                await WidenAsync(node, levels);
        }
        if (proof.Worked && back > TimeSpan.Zero)
            proof = proof with { BackS = await WaitBackAsync(node, proof.At, back, cancel) };
        proofs.Append(proof);
        return proof;
    }

    async Task<FenceProof> FenceAsync(string node, string device, CancellationToken cancel)
    {
        var before = Successes(await cluster.ReadStatusAsync(cancel), node);
        var begun = clock.GetUtcNow();
        var answer = await commands.RunAsync(
            ["stonith_admin", "--reboot", node, "--timeout", $"{FenceLimit.TotalSeconds - 10:0}"], null, FenceLimit, cancel);
        var took = clock.GetUtcNow() - begun;
        var history = (await cluster.ReadStatusAsync(cancel)).Fencing.Where(one => one.Target == node).ToArray();
        // The tool's word is not enough: what counts is what the fencer wrote down.
        var last = history.FirstOrDefault(one => one.Outcome == "success");
        return answer.ExitCode == 0 && last is not null && history.Count(one => one.Outcome == "success") > before
            ? new(begun, node, device, "reboot", Worked: true, last.By, Math.Round(took.TotalSeconds, 3), null, null)
            : new(begun, node, device, "reboot", Worked: false, null, null, null, WhyNot(answer, history));
    }

    static string WhyNot(CommandAnswer answer, FencingStatus[] history) => string.Join("; ", ((string?[])
    [
        $"stonith_admin ended with {answer.ExitCode}",
        answer.Error.Trim() is { Length: > 0 } said ? said[..Math.Min(said.Length, 500)] : null,
        history.FirstOrDefault(one => one.Outcome == "failed")?.Reason,
    ]).Where(part => !string.IsNullOrEmpty(part)));

    static int Successes(ClusterStatus status, string node) => status.Fencing.Count(one => one.Target == node && one.Outcome == "success");

    /// <summary>Right after the fencing the others have not missed it yet: it must be away once before it can be back.</summary>
    async Task<double?> WaitBackAsync(string node, DateTimeOffset since, TimeSpan limit, CancellationToken cancel)
    {
        var away = false;
        var fenced = clock.GetUtcNow();
        while (clock.GetUtcNow() - since < limit)
        {
            var online = (await cluster.ReadStatusAsync(cancel)).Nodes.FirstOrDefault(one => one.Name == node) is { State: "online" };
            away |= !online || clock.GetUtcNow() - fenced > MissedBy;
            if (online && away)
                return Math.Round((clock.GetUtcNow() - since).TotalSeconds, 3);
            await Task.Delay(LookAgain, clock, cancel);
        }
        return null;
    }

    string Kept(string node) => Path.Combine(directory, $"ha-fencing-levels-{string.Concat(node.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'))}.xml");

    /// <returns>The node's levels as they were, also kept in a file until they are back.</returns>
    async Task<IReadOnlyList<XElement>> NarrowAsync(string node, string device, CancellationToken cancel)
    {
        var levels = await LevelsAsync(node, cancel);
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Kept(node), new XElement("fencing-topology", levels.Select(level => new XElement(level))).ToString(), cancel);
        try
        {
            await cluster.ChangeAsync(
                configuration =>
                {
                    Topology(configuration).Elements("fencing-level").Where(level => (string?)level.Attribute("target") == node).Remove();
                    Topology(configuration).AddFirst(new XElement(
                        "fencing-level", new XAttribute("id", LevelPrefix + node), new XAttribute("target", node), new XAttribute("index", 1), new XAttribute("devices", device)));
                },
                [], cancel);
        }
        catch (Exception e) when (e is ClusterException or OperationCanceledException)
        {
            // It may have been written all the same.
            await WidenAsync(node, levels);
            throw;
        }
        return levels;
    }

    /// <summary>As they are; where an earlier trial was cut off and its one level is there still, as that trial kept them.</summary>
    async Task<IReadOnlyList<XElement>> LevelsAsync(string node, CancellationToken cancel)
    {
        XElement[] there =
        [
            .. (await cluster.ReadCibAsync(cancel)).With(_ => { }).Element("configuration")!.Elements("fencing-topology").Elements("fencing-level")
                .Where(level => (string?)level.Attribute("target") == node),
        ];
        if (there.All(level => (string?)level.Attribute("id") != LevelPrefix + node))
            return there;
        return File.Exists(Kept(node))
            ? [.. ClusterXml.Parse(await File.ReadAllTextAsync(Kept(node), cancel), "fencing-topology").Elements()]
            : throw new ClusterException(
                ClusterFault.Refused, $"An earlier trial of {node} was cut off, and the levels that it kept are not here ({Kept(node)}): put them back, or remove the level {LevelPrefix + node}, then try again.");
    }

    async Task WidenAsync(string node, IReadOnlyList<XElement> levels)
    {
        try
        {
            await cluster.ChangeAsync(
                configuration =>
                {
                    var topology = Topology(configuration);
                    topology.Elements("fencing-level").Where(level => (string?)level.Attribute("id") == LevelPrefix + node).Remove();
                    topology.Add(levels.Where(level => !topology.Elements().Any(one => (string?)one.Attribute("id") == (string?)level.Attribute("id"))).Select(level => new XElement(level)));
                    if (!topology.HasElements)
                        topology.Remove();
                },
                [], CancellationToken.None);
            File.Delete(Kept(node));
        }
        catch (ClusterException e)
        {
            throw new ClusterException(
                e.Fault, string.Create(CultureInfo.InvariantCulture, $"The fencing levels of {node} could not be put back: {e.Message} They are kept in {Kept(node)}; until they are back, {node} has one device only."), e);
        }
    }

    static XElement Topology(XElement configuration)
    {
        if (configuration.Element("fencing-topology") is { } there)
            return there;
        var made = new XElement("fencing-topology");
        configuration.Element("constraints")!.AddAfterSelf(made);
        return made;
    }
}
