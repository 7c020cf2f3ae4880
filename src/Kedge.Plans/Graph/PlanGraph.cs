using System.Collections.Immutable;

namespace Kedge.Plans;

/// <summary>What follows from the steps of a plan and what they come after; computed once, linear in steps and edges, no recursion.</summary>
internal sealed class PlanGraph
{
    private readonly Dictionary<string, Node> nodes;

    private PlanGraph(Dictionary<string, Node> nodes, ImmutableArray<PlannedStep> order)
    {
        this.nodes = nodes;
        ReadingOrder = order;
        CriticalSteps = LongestPath();
        CriticalPath = CriticalSteps is [var first, ..] ? nodes[first.Id].Remaining : TimeSpan.Zero;
    }

    public ImmutableArray<PlannedStep> ReadingOrder { get; }

    public ImmutableArray<PlannedStep> CriticalSteps { get; }

    public TimeSpan CriticalPath { get; }

    public TimeSpan RemainingPath(string id) => Find(id).Remaining;

    public PlannedStep Get(string id) => Find(id).Step;

    public int OrderOf(string id) => Find(id).Order;

    public static PlanGraph Of(Plan plan)
    {
        var problems = PlanProblems.In(plan);
        if (problems is not [])
            throw new PlanInvalidException(plan.Title, problems);

        var nodes = plan.Steps.Select((step, written) => new Node(step, written)).ToDictionary(n => n.Step.Id, StringComparer.Ordinal);
        foreach (var node in nodes.Values)
        {
            foreach (var before in node.Step.After.Distinct(StringComparer.Ordinal))
                nodes[before].Followers.Add(node);
        }

        var order = Sort(nodes);
        if (order.Length < nodes.Count)
            throw new PlanInvalidException(plan.Title, [$"The steps {Cycle(nodes, order)} wait for each other in a circle."]);
        foreach (var step in order.Reverse())
        {
            var node = nodes[step.Id];
            node.Remaining = step.Expected + node.Followers.Select(f => f.Remaining).DefaultIfEmpty().Max();
        }

        return new PlanGraph(nodes, order);
    }

    private static ImmutableArray<PlannedStep> Sort(Dictionary<string, Node> nodes)
    {
        var open = nodes.ToDictionary(n => n.Key, n => n.Value.Step.After.Distinct(StringComparer.Ordinal).Count(), StringComparer.Ordinal);
        var ready = new PriorityQueue<Node, int>(nodes.Values.Where(n => open[n.Step.Id] == 0).Select(n => (n, n.Written)));
        var order = ImmutableArray.CreateBuilder<PlannedStep>(nodes.Count);
        while (ready.TryDequeue(out var node, out _))
        {
            node.Order = order.Count;
            order.Add(node.Step);
            foreach (var follower in node.Followers.Where(f => --open[f.Step.Id] == 0))
                ready.Enqueue(follower, follower.Written);
        }

        return order.ToImmutable();
    }

    /// <summary>Going back from any unsorted step along its unsorted predecessors must come to a step twice: that is the circle.</summary>
    private static string Cycle(Dictionary<string, Node> nodes, ImmutableArray<PlannedStep> sorted)
    {
        var left = nodes.Keys.Except(sorted.Select(s => s.Id), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        var walked = new List<string>();
        var at = left.Order(StringComparer.Ordinal).First();
        while (!walked.Contains(at))
        {
            walked.Add(at);
            at = nodes[at].Step.After.First(left.Contains);
        }

        var circle = walked[walked.IndexOf(at)..];
        circle.Reverse();
        var first = circle.IndexOf(circle.Min(StringComparer.Ordinal)!);
        return string.Join(" -> ", [.. circle[first..], .. circle[..first], circle[first]]);
    }

    private ImmutableArray<PlannedStep> LongestPath()
    {
        var path = ImmutableArray.CreateBuilder<PlannedStep>();
        var next = Longest(nodes.Values);
        while (next is not null)
        {
            path.Add(next.Step);
            next = Longest(next.Followers);
        }

        return path.ToImmutable();
    }

    private static Node? Longest(IEnumerable<Node> among) => among.OrderByDescending(n => n.Remaining).ThenBy(n => n.Order).FirstOrDefault();

    private Node Find(string id) =>
        nodes.TryGetValue(id, out var node) ? node : throw new ArgumentException($"The plan has no step {id}.", nameof(id));

    private sealed class Node(PlannedStep step, int written)
    {
        public PlannedStep Step { get; } = step;
        public int Written { get; } = written;
        public List<Node> Followers { get; } = [];
        public int Order { get; set; }
        public TimeSpan Remaining { get; set; }
    }
}
