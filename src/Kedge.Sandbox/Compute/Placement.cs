namespace Kedge.Sandbox.Compute;

/// <summary>The scheduler: least loaded host that is up and that the server's group allows.</summary>
static class Placement
{
    public const string NoValidHost = "No valid host was found. There are not enough hosts available.";

    /// <summary>A host's name, or null when there is none.</summary>
    public static string? Choose(Nova nova, Server server)
    {
        var load = nova.Servers.Where(s => s.Host is not null).GroupBy(s => s.Host!).ToDictionary(g => g.Key, g => g.Count());
        return nova.Hosts
            .Where(h => h is { IsDisabled: false, IsForcedDown: false } && (server.RequestedHost ?? h.Name) == h.Name
                && Allows(nova, server, h.Name))
            .OrderByDescending(h => Prefers(nova, server, h.Name))
            .ThenBy(h => load.GetValueOrDefault(h.Name))
            .FirstOrDefault()?.Name;
    }

    static bool Allows(Nova nova, Server server, string host)
    {
        if (server.Group is not { } group)
            return true;
        var there = Members(nova, server, group).Count(s => s.Host == host);
        return group.Policy switch
        {
            "anti-affinity" => there < (group.MaxServersPerHost ?? 1),
            "affinity" => there > 0 || !Members(nova, server, group).Any(s => s.Host is not null),
            _ => true,
        };
    }

    static bool Prefers(Nova nova, Server server, string host) => server.Group switch
    {
        { Policy: "soft-affinity" } group => Members(nova, server, group).Any(s => s.Host == host),
        { Policy: "soft-anti-affinity" } group => !Members(nova, server, group).Any(s => s.Host == host),
        _ => false,
    };

    static IEnumerable<Server> Members(Nova nova, Server server, ServerGroup group) =>
        group.Members.Where(id => id != server.Id).Select(nova.Servers.Find).OfType<Server>();
}
