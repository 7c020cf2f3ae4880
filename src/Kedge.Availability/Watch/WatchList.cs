using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Watch;

/// <summary>Finds in the CIB what runs on a node, and how it can be watched there.</summary>
public static class WatchList
{
    /// <summary>Where agents of the OCF kind keep what is gone after a boot (HA_RSCTMP).</summary>
    const string AgentsRun = "/run/resource-agents";

    /// <summary>Where our own agents ask when nothing else is said: packaging/ocf/lib/service.sh.</summary>
    static readonly Dictionary<string, (string Port, string Path)> OwnDoors = new(StringComparer.Ordinal)
    {
        ["keystone"] = ("5000", "/v3"),
        ["placement-api"] = ("8778", "/"),
        ["nova-api"] = ("8774", "/"),
        ["nova-api-metadata"] = ("8775", "/"),
        ["nova-novncproxy"] = ("6080", "/"),
        ["glance-api"] = ("9292", "/"),
        ["cinder-api"] = ("8776", "/"),
        ["neutron-server"] = ("9696", "/"),
        ["heat-api"] = ("8004", "/"),
        ["heat-api-cfn"] = ("8000", "/"),
    };

    static readonly string[] PidParameters = ["pid", "pidfile", "pid_file"];
    static readonly string[] UnitParameters = ["unit", "systemd_unit"];
    static readonly string[] UrlParameters = ["monitor_url", "check_url", "url"];

    /// <summary>
    /// What Pacemaker takes for running on the node, is not just starting or stopping there, and is to recover by itself. Empty in maintenance:
    /// there a person works, and a death is none of a watcher's business.
    /// </summary>
    public static IReadOnlyList<Watched> Of(Cib cib, string node)
    {
        if (IsOn(cib.Property("maintenance-mode")) || IsOn(cib.NodeAttribute(node, "maintenance")))
            return [];
        var primitives = cib.Primitives.Where(primitive => !primitive.IsFencingDevice).ToDictionary(primitive => primitive.Id, StringComparer.Ordinal);
        return
        [
            .. from history in cib.Histories
               where history.Node == node && history.Runs && !history.InFlight && primitives.ContainsKey(history.Resource)
               where IsToRun(cib, history.Resource)
               let watched = Look(primitives[history.Resource], history.Instance)
               where watched.HasProcess || watched.Url is not null
               select watched,
        ];
    }

    static bool IsToRun(Cib cib, string resource) =>
        cib.Meta(resource, "is-managed") is null or "true" or "yes" or "on" or "1" && !IsOn(cib.Meta(resource, "maintenance"))
        && !string.Equals(cib.Meta(resource, "target-role"), "Stopped", StringComparison.OrdinalIgnoreCase);

    static Watched Look(CibPrimitive primitive, string instance)
    {
        var parts = primitive.Agent.Split(':');
        var type = parts[^1];
        if (parts[0] == "systemd")
            return new(primitive.Id, instance, null, type, UrlOf(primitive, parts));
        var unit = First(primitive, UnitParameters);
        var pidFile = First(primitive, PidParameters) ?? (unit is null && parts[0] == "ocf" ? $"{AgentsRun}/{type}-{instance}.pid" : null);
        // Our own agents, told nothing, take the unit of the service's name where systemd rules.
        return new(primitive.Id, instance, pidFile, unit ?? (IsOurs(parts) && First(primitive, ["command", .. PidParameters]) is null ? $"{type}.service" : null), UrlOf(primitive, parts));
    }

    /// <summary>Only agents for OpenStack mean HTTP when they say port; a database means something else.</summary>
    static Uri? UrlOf(CibPrimitive primitive, string[] agent)
    {
        // Given and empty: it is not to be asked.
        if (UrlParameters.Any(name => primitive.Parameters.TryGetValue(name, out var given) && given.Length == 0))
            return null;
        var (port, path) = OwnDoors.GetValueOrDefault(agent[^1], ("0", "/"));
        port = First(primitive, ["port"]) ?? port;
        var text = First(primitive, UrlParameters) ?? (IsOurs(agent) && port != "0" ? $"http://127.0.0.1:{port}{path}" : null);
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;
    }

    static bool IsOurs(string[] agent) => agent is ["ocf", "openstack", _];

    static string? First(CibPrimitive primitive, string[] names) =>
        names.Select(name => primitive.Parameters.GetValueOrDefault(name)).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));

    static bool IsOn(string? value) => value is "true" or "yes" or "on" or "1" or "y";
}
