using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Watch;

/// <summary>Finds in the CIB what runs on a node, and how it can be watched there.</summary>
public static class WatchList
{
    /// <summary>Where agents of the OCF kind keep what is gone after a boot (HA_RSCTMP).</summary>
    const string AgentsRun = "/run/resource-agents";

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
        var unit = parts[0] == "systemd" ? type : First(primitive, UnitParameters);
        var pidFile = First(primitive, PidParameters) ?? (parts[0] == "ocf" && unit is null ? $"{AgentsRun}/{type}-{instance}.pid" : null);
        return new(primitive.Id, instance, pidFile, unit, UrlOf(primitive, parts));
    }

    /// <summary>Only agents for OpenStack mean HTTP when they say port; a database means something else.</summary>
    static Uri? UrlOf(CibPrimitive primitive, string[] agent)
    {
        var text = First(primitive, UrlParameters)
            ?? (agent is ["ocf", "openstack", _] && First(primitive, ["port"]) is { } port and not "0" ? $"http://127.0.0.1:{port}/" : null);
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;
    }

    static string? First(CibPrimitive primitive, string[] names) =>
        names.Select(name => primitive.Parameters.GetValueOrDefault(name)).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));

    static bool IsOn(string? value) => value is "true" or "yes" or "on" or "1" or "y";
}
