using System.Collections.Immutable;
using Kedge.Availability.Description;

namespace Kedge.Availability.Layout;

/// <summary>Fencing devices of the file as Pacemaker knows them.</summary>
static class FencingDevices
{
    public static Resource ResourceOf(FencingDevice device)
    {
        var parameters = device.Parameters.ToImmutableSortedDictionary(StringComparer.Ordinal);
        parameters = device.Fences.Any(fenced => fenced.Plug is not null)
            ? parameters.SetItem("pcmk_host_map", string.Join(';', device.Fences.Select(fenced => $"{fenced.Node}:{fenced.Plug}")))
            : parameters.SetItem("pcmk_host_list", string.Join(' ', device.Fences.Select(fenced => fenced.Node)));
        parameters = parameters.SetItem("pcmk_host_check", "static-list");
        if (device.Delay is { } delay)
            parameters = parameters.SetItem("pcmk_delay_base", PacemakerTime.Write(delay));
        return new(
            ClusterLayout.Prefix + device.Name,
            $"stonith:{device.Agent}",
            Runs.Once,
            parameters,
            [new("monitor", device.Monitor ?? TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(20))],
            ImmutableSortedDictionary<string, string>.Empty,
            ImmutableSortedDictionary<string, string>.Empty);
    }

    /// <summary>Who is to be switched off is not asked to do it.</summary>
    public static IEnumerable<Ban> Bans(ClusterDescription description) =>
        from device in description.Fencing
        where device.Fences.Length == 1 && description.Controllers.Length > 1
        select new Ban($"{ClusterLayout.Prefix}ban.{device.Name}.{device.Fences[0].Node}", ClusterLayout.Prefix + device.Name, device.Fences[0].Node);

    /// <summary>Without levels Pacemaker would try several devices of a node in an order that nobody wrote.</summary>
    public static IEnumerable<Level> Levels(ClusterDescription description) =>
        from node in description.Controllers
        let devices = description.Fencing.Where(device => device.Fences.Any(fenced => fenced.Node == node)).ToArray()
        where devices.Length > 1
        from level in devices.GroupBy(device => device.Level).OrderBy(level => level.Key)
        select new Level($"{ClusterLayout.Prefix}level.{node}.{level.Key}", node, level.Key, [.. level.Select(device => ClusterLayout.Prefix + device.Name)]);
}
