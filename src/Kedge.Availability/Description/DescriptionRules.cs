using System.Net;
using Kedge.Availability.Layout;

namespace Kedge.Availability.Description;

/// <summary>What a file says that cannot be, though each field by itself can be read.</summary>
static class DescriptionRules
{
    static readonly string[] FixedByThePaper = ["monitor", "depth", "runs", "kept", "after", "with", "apart", "meta"];
    static readonly string[] PacemakersOwn = ["dc-version", "cluster-infrastructure", "have-watchdog", "cluster-name", "last-lrm-refresh"];

    /// <param name="top">Of the file's own fields.</param>
    public static IEnumerable<Problem> ProblemsIn(ClusterDescription description, Place top)
    {
        var problems = Top(description, top)
            .Concat(Names(description))
            .Concat(description.Services.SelectMany(service => Service(service, description)))
            .Concat(description.VirtualIps.SelectMany(ip => Address(ip, description)))
            .Concat(Fencing(description, top)).ToList();
        // Circles and placements are only spoken of where every name leads somewhere.
        return problems.Count > 0 ? problems : [.. LayoutRules.ProblemsIn(description)];
    }

    static IEnumerable<Problem> Top(ClusterDescription description, Place top)
    {
        if (description.Cluster.Length > 0 && !IsName(description.Cluster, 64))
            yield return top.Problem("cluster", $"cannot be '{description.Cluster}'.", "Take 1 to 64 lower case letters, digits, '-' or '_', a letter first.");
        if (description.Controllers.Length > 32)
            yield return top.Problem("controllers", $"names {description.Controllers.Length} nodes.", "Corosync takes at most 32.");
        foreach (var odd in description.Controllers.Where(node => node.Length > 255 || !node.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
            yield return top.Problem("controllers", $"'{odd}' is not a node's name.", "Take it as 'crm_node -l' prints it.");
        if (description.Release is { } release && !CatalogueEntry.IsRelease(release))
            yield return top.Problem("release", $"'{release}' is not known.", $"Take one of {CatalogueEntry.ReleasesInWords}; or leave it out for today's.");
        foreach (var (name, value) in description.Properties)
        {
            if (name is "stonith-enabled")
                yield return top.Problem("properties", "stonith-enabled is not for the file.", "Kedge switches it on with the first device under fencing:, and does not switch it off.");
            if (name is "no-quorum-policy" && value is "ignore")
                yield return top.Problem("properties", "no-quorum-policy: ignore lets both halves of a split cluster run the same service.", "Take stop, freeze or demote; for two nodes, corosync's two_node.");
            if (PacemakersOwn.Contains(name))
                yield return top.Problem("properties", $"{name} is written by Pacemaker itself.", "Leave it out.");
            if (name.Length > 60 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                yield return top.Problem("properties", $"'{name}' is not the name of a property.", "'man pacemaker-controld' and 'man pacemaker-schedulerd' list them.");
        }
    }

    static IEnumerable<Problem> Names(ClusterDescription description)
    {
        var named = description.Services.Select(service => (service.Name, service.Place))
            .Concat(description.VirtualIps.Select(ip => (ip.Name, ip.Place)))
            .Concat(description.Fencing.Select(device => (device.Name, device.Place))).Where(one => one.Name.Length > 0).ToArray();
        foreach (var (name, place) in named.Where(one => !IsName(one.Name, 60) || one.Name.EndsWith("-clone", StringComparison.Ordinal)))
            yield return place.Problem("name", $"cannot be '{name}'.", "Take 1 to 60 lower case letters, digits, '-' or '_', a letter first, not ending in -clone.");
        foreach (var twice in named.GroupBy(one => one.Name).Where(group => group.Count() > 1))
        {
            foreach (var (name, place) in twice.Skip(1))
                yield return place.Problem("name", $"{name} is already on line {twice.First().Place.Line}.", "Services, virtual IPs and fencing devices share their names: rename one, or merge the two.");
        }
    }

    static IEnumerable<Problem> Service(ServiceEntry service, ClusterDescription description)
    {
        var place = service.Place;
        if (service.Agent is null && service.Name.Length > 0 && CatalogueEntry.Find(service.Name) is null)
            yield return place.Problem("agent", $"is missing, and Kedge does not know a service {service.Name}.", "Give ocf:PROVIDER:NAME or systemd:UNIT; or is the name misspelt?");
        if (service.Agent is { } agent && !IsAgent(agent))
            yield return place.Problem("agent", $"cannot be '{agent}'.", "Give ocf:PROVIDER:NAME or systemd:UNIT.");
        foreach (var problem in On(service.On, place, description))
            yield return problem;
        var known = description.Services.Select(one => one.Name).Concat(description.VirtualIps.Select(ip => ip.Name)).ToHashSet();
        foreach (var (field, names) in new[] { ("after", service.After), ("with", service.With), ("apart", service.Apart) })
        {
            foreach (var name in names.Where(name => !known.Contains(name)))
                yield return place.Problem(field, $"there is no service or virtual IP {name}.", $"Name one of this file: {string.Join(", ", known.Where(one => one.Length > 0 && one != service.Name).Order().Take(20))}.");
            if (names.Contains(service.Name))
                yield return place.Problem(field, $"names {service.Name} itself.", "Take it out.");
        }
        if (service.Ip is { } address && description.VirtualIps.All(ip => ip.Name != address))
            yield return place.Problem("ip", $"there is no virtual IP {address}.", $"Add it under virtualIps, or take one of: {string.Join(", ", description.VirtualIps.Select(ip => ip.Name))}.");
        if (service.Kept is Keeper.Systemd && (service.Runs is not null || service.Ip is not null || service.With.Length + service.Apart.Length > 0))
            yield return place.Problem("kept", "what systemd keeps is no resource: runs, ip, with and apart mean nothing for it.", "Take those fields out, or kept: pacemaker.");
        if (description.Profile is Profile.Paper && CatalogueEntry.OfThePaper.Any(one => one.Name == service.Name))
        {
            foreach (var field in FixedByThePaper.Where(place.Fields.ContainsKey))
                yield return place.Problem(field, $"the profile paper fixes it for {service.Name}.", "Take it out; or take the profile classic.");
        }
        foreach (var name in service.Parameters.Keys.Concat(service.Meta.Keys).Where(name => !IsParameter(name)))
            yield return place.Problem(service.Parameters.ContainsKey(name) ? "parameters" : "meta", $"'{name}' is not a name.", "Take letters, digits, '-', '_'.");
    }

    static IEnumerable<Problem> Address(VirtualIp ip, ClusterDescription description)
    {
        if (ip.Address.Length > 0 && !IPAddress.TryParse(ip.Address, out _))
            yield return ip.Place.Problem("address", $"'{ip.Address}' is not an IP address.", "Give the address alone, its prefix under prefix:.");
        if (ip.Prefix > 32 && IPAddress.TryParse(ip.Address, out var address) && address.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork)
            yield return ip.Place.Problem("prefix", $"{ip.Prefix} is too long for IPv4.", "At most 32.");
        if (ip.Agent is { } agent && !IsAgent(agent))
            yield return ip.Place.Problem("agent", $"cannot be '{agent}'.", "Give ocf:PROVIDER:NAME.");
        if (description.VirtualIps.First(one => one.Address == ip.Address) is var first && first != ip && ip.Address.Length > 0)
            yield return ip.Place.Problem("address", $"{ip.Address} is already that of {first.Name}.", "Two resources with one address would be in each other's way: take one out.");
        foreach (var problem in On(ip.On, ip.Place, description))
            yield return problem;
    }

    static IEnumerable<Problem> Fencing(ClusterDescription description, Place top)
    {
        foreach (var device in description.Fencing)
        {
            if (device.Agent.Length > 0 && !(device.Agent.Length <= 80 && device.Agent.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')))
                yield return device.Place.Problem("agent", $"cannot be '{device.Agent}'.", "Give the name of a fence agent alone: fence_ipmilan.");
            foreach (var (node, plug) in device.Fences)
            {
                if (!description.Controllers.Contains(node))
                    yield return device.Place.Problem("fences", $"{node} is not a controller.", $"Those are {string.Join(", ", description.Controllers)}.");
                if (plug is not null && plug.Any(c => c is ';' or ':' or ' ' or ','))
                    yield return device.Place.Problem("fences", $"the plug '{plug}' has a character that separates plugs.", "Rename the plug at the device.");
            }
            foreach (var ours in device.Parameters.Keys.Where(name => name is "pcmk_host_list" or "pcmk_host_map" or "pcmk_host_check" or "pcmk_delay_base" || !IsParameter(name)))
                yield return device.Place.Problem("parameters", $"{ours} is not given here.", "fences: and delay: say it.");
        }
        foreach (var node in description.Fencing.IsEmpty ? [] : description.Controllers)
        {
            var levels = description.Fencing.Where(device => device.Fences.Any(fenced => fenced.Node == node)).Select(device => device.Level).Distinct().Order().ToArray();
            if (levels.Length == 0)
                yield return top.Problem("fencing", $"no device fences {node}.", "Add one: else nothing of it starts elsewhere when it is lost.");
            else if (levels[0] != 1)
                yield return top.Problem("fencing", $"{node} has devices of level {levels[0]} but none of level 1.", "Levels begin with 1.");
        }
    }

    static IEnumerable<Problem> On(IReadOnlyList<string>? wanted, Place place, ClusterDescription description) =>
        from node in wanted ?? []
        where !description.Controllers.Contains(node)
        select place.Problem("on", $"{node} is not a controller.", $"Those are {string.Join(", ", description.Controllers)}.");

    static bool IsName(string name, int most) =>
        name.Length > 0 && name.Length <= most && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    static bool IsParameter(string name) => name.Length is > 0 and <= 80 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    static bool IsAgent(string agent) =>
        agent.Split(':') is ["ocf", { Length: > 0 }, { Length: > 0 }] or ["systemd", { Length: > 0 }] && agent.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '-' or '_' or '.' or '@');
}
