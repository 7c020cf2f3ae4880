using System.Collections.Immutable;
using System.Xml.Linq;

namespace Kedge.Availability.Pacemaker;

/// <summary>What the policy engine would do about a CIB in the cluster's present state: what <c>crm_simulate -R</c> prints.</summary>
/// <param name="Actions">In its order; what would change nothing is not in it.</param>
public sealed record Transition(ImmutableArray<TransitionAction> Actions)
{
    /// <exception cref="ClusterException">Not what crm_simulate prints.</exception>
    public static Transition Parse(string xml) => new(
    [
        .. ClusterXml.Parse(xml, "pacemaker-result").Elements("actions").Elements().Select(TransitionAction.Read).Where(action => action is not null).Cast<TransitionAction>(),
    ]);
}

/// <param name="What"><c>start</c>, <c>stop</c>, <c>move</c>, <c>restart</c>, <c>promote</c>, <c>Fence (reboot)</c>, …</param>
/// <param name="Subject">Resource or node.</param>
/// <param name="From">Where it runs now; null: nowhere.</param>
/// <param name="To">Where it would run; null: nowhere.</param>
/// <param name="Blocked">Pacemaker would like to, and may not.</param>
public sealed record TransitionAction(string What, string Subject, string? From, string? To, string? Reason, bool Blocked)
{
    internal static TransitionAction? Read(XElement action) => action.Name.LocalName switch
    {
        "rsc_action" => new(
            Text(action, "action") ?? "?",
            Text(action, "resource") ?? throw new ClusterException(ClusterFault.Unreadable, "crm_simulate told an action of no resource."),
            Text(action, "source") ?? (Begins(action) ? null : Text(action, "node")),
            Text(action, "dest") ?? (Begins(action) ? Text(action, "node") : null),
            Text(action, "reason"),
            ClusterStatus.Is(action, "blocked")),
        "node_action" => new(Text(action, "task") ?? Text(action, "action") ?? "?", Text(action, "node") ?? "?", null, null, Text(action, "reason"), Blocked: false),
        _ => null,
    };

    static bool Begins(XElement action) => Text(action, "action") is "start" or "promote";

    static string? Text(XElement element, string name) => (string?)element.Attribute(name);

    public override string ToString() => $"{What} {Subject} {Detail}".TrimEnd();

    /// <summary>Where, and why.</summary>
    public string Detail => $"{Where}{(Reason is null ? "" : $", due to {Reason}")}{(Blocked ? " (blocked)" : "")}".TrimStart(',', ' ');

    string Where => (From, To) switch
    {
        (null, { } to) => $"on {to}",
        ({ } from, null) => $"on {from}",
        ({ } from, { } to) when from != to => $"from {from} to {to}",
        ({ } from, _) => $"on {from}",
        _ => "",
    };
}
