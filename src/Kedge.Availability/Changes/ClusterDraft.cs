using System.Collections.Immutable;
using System.Xml.Linq;
using Kedge.Availability.Description;
using Kedge.Availability.Layout;
using Kedge.Availability.Pacemaker;
using Kedge.Plans;

namespace Kedge.Availability.Changes;

/// <summary>A change that was looked at and not made yet.</summary>
/// <param name="Before">Ours, as it was found.</param>
/// <param name="Known">What Pacemaker finds wrong with the CIB as it is.</param>
/// <param name="Found">What Pacemaker finds new and wrong with the CIB as it would be, and its warnings.</param>
/// <param name="Transition">What Pacemaker would do for it; null: nothing would be written.</param>
public sealed record ClusterDraft(
    string Cluster,
    NodeAddress Node,
    ClusterPart Before,
    ClusterPart Wanted,
    ImmutableArray<PartChange> Changes,
    ImmutableArray<ExpectedResource> Expected,
    ImmutableArray<string> Known,
    CibVerdict Found,
    Transition? Transition,
    ImmutableArray<string> Notes)
{
    /// <summary>Reads the cluster, lays the description over it, and asks Pacemaker what it thinks and would do. Changes nothing.</summary>
    /// <exception cref="ClusterException">The cluster does not answer, or lacks nodes that the file names.</exception>
    public static async Task<ClusterDraft> OfAsync(ClusterDescription description, Cluster cluster, NodeAddress node, CancellationToken cancel)
    {
        var cib = await cluster.ReadCibAsync(cancel);
        if (description.Controllers.Except(cib.Nodes).ToArray() is { Length: > 0 } unknown)
        {
            throw new ClusterException(
                ClusterFault.Refused,
                $"The file names {string.Join(", ", unknown)}, which this cluster does not know: its nodes are {string.Join(", ", cib.Nodes)}. Is it the right cluster? A new node must have joined once.");
        }
        var layout = LayoutWriter.Write(description, cib.AllNodes);
        var wanted = ClusterPart.Of(layout);
        var expected = layout.Resources.Select(resource => new ExpectedResource(
            resource.Id, resource.Runs, [.. description.Controllers.Except(layout.Bans.Where(ban => ban.Resource == resource.Whole).Select(ban => ban.Node))]));
        return await OfAsync(description.Cluster, node, cluster, cib, wanted, [.. expected], layout.Notes, cancel);
    }

    /// <summary>Back to what a run found.</summary>
    /// <exception cref="ClusterException">Ours is no longer what that run wrote: going back would undo somebody's work.</exception>
    public static async Task<ClusterDraft> BackAsync(RunId run, ChangeFacts facts, PartFolder parts, Cluster cluster, NodeAddress node, CancellationToken cancel)
    {
        var written = await parts.ReadWantedAsync(run.Value, facts.WantedHash, cancel);
        var wanted = await parts.ReadBeforeAsync(run.Value, facts.BeforeHash, cancel);
        var cib = await cluster.ReadCibAsync(cancel);
        var there = ClusterPart.In(cib, facts.Properties);
        if (!there.Says(wanted) && PartChange.Between(written, there) is { Length: > 0 } since)
        {
            throw new ClusterException(
                ClusterFault.Refused,
                $"What is Kedge's in the cluster was changed since run {run}, and going back would lose that: {string.Join("; ", since.Take(5).Select(WritePart.Told))}. "
                + "See 'kedge ha plan FILE', put it back as the run left it, or apply the file that you want.");
        }
        return await OfAsync(facts.Cluster, node, cluster, cib, wanted, [.. ExpectedIn(wanted, cib)], [], cancel) with { Known = facts.Known };
    }

    static async Task<ClusterDraft> OfAsync(
        string name, NodeAddress node, Cluster cluster, Cib cib, ClusterPart wanted, ImmutableArray<ExpectedResource> expected, ImmutableArray<string> notes, CancellationToken cancel)
    {
        var before = ClusterPart.In(cib, wanted.Properties.Keys);
        var changes = PartChange.Between(before, wanted);
        var next = cib.With(wanted.PutInto).ToString();
        var dangling = Dangling(cib, before, wanted).ToImmutableArray();
        var now = await cluster.VerifyAsync(cib.ToString(), cancel);
        var then = changes.IsEmpty ? now : !dangling.IsEmpty ? new CibVerdict(dangling, []) : await cluster.VerifyAsync(next, cancel);
        var transition = changes.IsEmpty || !then.Errors.IsEmpty ? null : await cluster.SimulateAsync(next, cancel);
        return new(name, node, before, wanted, changes, expected, [.. now.Errors, .. now.Warnings], then, transition, notes);
    }

    /// <summary>What others wrote about a resource of ours that would be gone: Pacemaker would refuse the whole, and name no resource.</summary>
    static IEnumerable<string> Dangling(Cib cib, ClusterPart before, ClusterPart wanted)
    {
        static IEnumerable<string> Ids(ClusterPart part) => part.Elements.DescendantsAndSelf().Where(element => element.Name.LocalName is "primitive" or "clone").Select(element => (string?)element.Attribute("id") ?? "");
        var gone = Ids(before).Except(Ids(wanted)).ToHashSet();
        var ours = before.Elements.Select(ClusterPart.IdOf).ToHashSet();
        return from constraint in cib.With(_ => { }).Element("configuration")!.Elements("constraints").Elements()
               let id = (string?)constraint.Attribute("id") ?? ""
               where !ours.Contains(id)
               from attribute in constraint.DescendantsAndSelf().Attributes()
               where attribute.Name.LocalName is "rsc" or "with-rsc" or "first" or "then" && gone.Contains(attribute.Value)
               select $"the constraint {id}, which is not Kedge's, is about {attribute.Value}, which would be gone: remove it first (cibadmin --delete --xpath \"//*[@id='{id}']\"; after a move, crm_resource --clear -r {attribute.Value})";
    }

    static IEnumerable<ExpectedResource> ExpectedIn(ClusterPart part, Cib cib)
    {
        var bans = part.Elements.Where(element => element.Name.LocalName == "rsc_location").ToLookup(element => (string?)element.Attribute("rsc"), element => (string?)element.Attribute("node"));
        foreach (var element in part.Elements.Where(element => element.Name.LocalName is "primitive" or "clone"))
        {
            var whole = (string)element.Attribute("id")!;
            var runs = element.Name.LocalName == "primitive" ? Runs.Once
                : element.Elements("meta_attributes").Elements("nvpair").Any(pair => (string?)pair.Attribute("name") == "promotable") ? Runs.Promoted : Runs.Everywhere;
            yield return new((string?)element.Element("primitive")?.Attribute("id") ?? whole, runs, [.. cib.Nodes.Except(bans[whole].OfType<string>())]);
        }
    }

    /// <summary>What stops it: errors, and warnings that were not there before.</summary>
    public IEnumerable<string> Refusals(bool isUndo) => isUndo
        ? Found.Errors.Concat(Found.Warnings).Except(Known)
        : Found.Errors.Concat(Found.Warnings.Except(Known)).Distinct();
}
