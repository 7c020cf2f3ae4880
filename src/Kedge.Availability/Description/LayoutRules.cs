using Kedge.Availability.Layout;

namespace Kedge.Availability.Description;

/// <summary>Circles, and placements that no node can satisfy: what Pacemaker would take without a word, and then never start.</summary>
static class LayoutRules
{
    /// <summary>Enough for any control plane; beyond it the search gives up and Pacemaker's own policy engine has the word.</summary>
    const int MostTries = 200_000;

    public static IEnumerable<Problem> ProblemsIn(ClusterDescription description)
    {
        var layout = LayoutWriter.Write(description, description.Controllers);
        var places = PlacesOf(description);
        return Circles(layout.Orders.Select(order => (order.Then, order.First)), "after", "starts after", places)
            .Concat(Circles(layout.Togethers.Select(together => (together.Follower, together.With)), "with", "runs where this runs:", places))
            .Concat(Apart(layout, places))
            .Concat(Homeless(layout, description, places));
    }

    static Dictionary<string, (string Name, Place Place)> PlacesOf(ClusterDescription description) =>
        description.Services.Select(service => (service.Name, service.Place)).Concat(description.VirtualIps.Select(ip => (ip.Name, ip.Place)))
            .SelectMany(one => new[] { (Id: ClusterLayout.Prefix + one.Name, one), (Id: $"{ClusterLayout.Prefix}{one.Name}-clone", one) })
            .ToDictionary(pair => pair.Id, pair => pair.one, StringComparer.Ordinal);

    /// <summary>One for each circle, told on the line of its first member.</summary>
    static IEnumerable<Problem> Circles(IEnumerable<(string From, string To)> edges, string field, string words, Dictionary<string, (string Name, Place Place)> places)
    {
        var next = edges.ToLookup(edge => edge.From, edge => edge.To, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in next.Select(group => group.Key).Order(StringComparer.Ordinal).ToArray())
        {
            if (FindCircle(start, next, done) is not { } circle)
                continue;
            var first = circle.MinBy(id => places[id].Place.Line)!;
            var turned = circle.SkipWhile(id => id != first).Concat(circle.TakeWhile(id => id != first)).Append(first).Select(id => places[id].Name);
            yield return places[first].Place.Problem(field, $"goes round in a circle: {string.Join($" {words} ", turned)}.", "Take one of these out.");
        }
    }

    static List<string>? FindCircle(string start, ILookup<string, string> next, HashSet<string> done)
    {
        var path = new List<string>();
        var stack = new Stack<(string Node, int Depth)>([(start, 0)]);
        while (stack.TryPop(out var at))
        {
            path.RemoveRange(at.Depth, path.Count - at.Depth);
            if (path.IndexOf(at.Node) is >= 0 and var back)
            {
                done.UnionWith(path);
                return path[back..];
            }
            if (!done.Add(at.Node))
                continue;
            path.Add(at.Node);
            foreach (var to in next[at.Node])
            {
                // What stands on the path is done already, and is looked at again for that reason alone.
                if (!done.Contains(to) || path.Contains(to))
                    stack.Push((to, path.Count));
            }
        }
        return null;
    }

    static IEnumerable<Problem> Apart(ClusterLayout layout, Dictionary<string, (string Name, Place Place)> places)
    {
        var cloned = layout.Resources.Where(resource => resource.Runs is not Runs.Once).Select(resource => resource.Whole).ToHashSet();
        foreach (var apart in layout.Aparts)
        {
            foreach (var everywhere in new[] { apart.One, apart.Other }.Where(cloned.Contains))
                yield return places[apart.One].Place.Problem("apart", $"{places[everywhere].Name} runs everywhere, so nothing is apart from it.", "Give both runs: once, or take apart out.");
        }
    }

    /// <summary>Looks for a node for each resource that runs once; those that go together move as one.</summary>
    static IEnumerable<Problem> Homeless(ClusterLayout layout, ClusterDescription description, Dictionary<string, (string Name, Place Place)> places)
    {
        var once = layout.Resources.Where(resource => resource.Runs is Runs.Once && !resource.IsFencingDevice).Select(resource => resource.Id).ToArray();
        var groups = new Dictionary<string, string>(StringComparer.Ordinal);
        string Head(string id) => groups.TryGetValue(id, out var head) && head != id ? Head(head) : id;
        foreach (var together in layout.Togethers.Where(together => once.Contains(together.Follower) && once.Contains(together.With)))
            groups[Head(together.Follower)] = Head(together.With);
        var banned = layout.Bans.ToLookup(ban => ban.Resource, ban => ban.Node, StringComparer.Ordinal);
        // What runs once beside a clone runs where the clone may.
        var beside = layout.Togethers.Where(together => once.Contains(together.Follower) && !once.Contains(together.With)).ToLookup(together => together.Follower, together => together.With);
        var members = once.ToLookup(Head, StringComparer.Ordinal);
        var allowed = members.ToDictionary(
            group => group.Key,
            group => description.Controllers.Except(group.SelectMany(id => banned[id].Concat(beside[id].SelectMany(with => banned[with])))).ToArray(),
            StringComparer.Ordinal);
        string Names(IEnumerable<string> ids) => string.Join(", ", ids.Select(id => places[id].Name));
        foreach (var (head, _) in allowed.Where(pair => pair.Value.Length == 0))
            yield return places[head].Place.Problem("on", $"no controller is left where {Names(members[head])} could run together.", "Widen on: of one of them, or undo with: or ip:.");
        var aparts = layout.Aparts.Where(apart => once.Contains(apart.One) && once.Contains(apart.Other)).Select(apart => (apart, One: Head(apart.One), Other: Head(apart.Other))).ToArray();
        foreach (var (apart, one, _) in aparts.Where(pair => pair.One == pair.Other))
            yield return places[apart.One].Place.Problem("apart", $"{Names([apart.One])} and {Names([apart.Other])} are to be apart, but both go with {Names(members[one].Except([apart.One, apart.Other]).DefaultIfEmpty(one))}.", "Undo one of the two.");
        var foes = aparts.Where(pair => pair.One != pair.Other).SelectMany(pair => new[] { (pair.One, pair.Other), (One: pair.Other, Other: pair.One) }).ToLookup(pair => pair.One, pair => pair.Other);
        var heads = foes.Select(foe => foe.Key).ToArray();
        if (heads.All(head => allowed[head].Length > 0) && !CanPlace(heads, allowed, foes))
            yield return places[heads[0]].Place.Problem("apart", $"{Names(heads)} cannot all run: there are not enough controllers for those that are to be apart.", "Add a controller, widen on:, or take an apart out.");
    }

    static bool CanPlace(string[] heads, Dictionary<string, string[]> allowed, ILookup<string, string> foes)
    {
        var at = new Dictionary<string, string>(StringComparer.Ordinal);
        var tries = 0;
        bool Place(int index)
        {
            if (index == heads.Length || ++tries > MostTries)
                return true;
            foreach (var node in allowed[heads[index]])
            {
                if (foes[heads[index]].Any(foe => at.GetValueOrDefault(foe) == node))
                    continue;
                at[heads[index]] = node;
                if (Place(index + 1))
                    return true;
                at.Remove(heads[index]);
            }
            return false;
        }
        return Place(0);
    }
}
