using System.Text.Json;

namespace Kedge.Recovery.Capture;

/// <summary>The API's names of fields in the words of the format, and the fields that have no meaning anywhere else.</summary>
static class FieldNames
{
    const string Attributes = "OS-EXT-SRV-ATTR:";

    /// <summary>
    /// Names of hosts and of what lies on them, whose absence is no loss; ids that mean nothing elsewhere; and <c>server_groups</c>, which
    /// lists never show, and which the groups' own list tells.
    /// </summary>
    static readonly HashSet<string> NoLoss =
    [
        Attributes + "host", Attributes + "hypervisor_hostname", Attributes + "instance_name", Attributes + "reservation_id",
        Attributes + "launch_index", Attributes + "root_device_name", "host_status", "hostId", "host",
        Attributes + "kernel_id", Attributes + "ramdisk_id", "server_groups",
    ];

    /// <summary>Null: not of the contract.</summary>
    public static string? OfServer(string field) => NoLoss.Contains(field) ? null : field switch
    {
        "flavor" or "flavor.id" => "flavor",
        "extra_specs" or "flavor.extra_specs" => "embeddedFlavor.extraSpecs",
        "scheduler_hints" or "OS-SCH-HNT:scheduler_hints" => "schedulerHints",
        _ => CamelCase(field.StartsWith(Attributes, StringComparison.Ordinal) ? field[Attributes.Length..] : field),
    };

    public static string OfVolume(string field) => field switch
    {
        "volume_image_metadata" => "imageMetadata",
        "group_id" => "group",
        _ => CamelCase(field),
    };

    static string CamelCase(string field)
    {
        var words = field.Split('_', ' ', '-');
        return JsonNamingPolicy.CamelCase.ConvertName(string.Concat(words.Select(word => word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..])));
    }
}
