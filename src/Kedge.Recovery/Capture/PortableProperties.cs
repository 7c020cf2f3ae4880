using System.Collections.Immutable;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Capture;

/// <summary>Which properties of an image mean something in another cloud (openstack-facts: Glance).</summary>
static class PortableProperties
{
    /// <summary>Ids and addresses of the source cloud, and what Nova and Cinder note there for themselves.</summary>
    static readonly ImmutableHashSet<string> NotPortable =
    [
        "base_image_ref", "instance_uuid", "cinder_encryption_key_id", "cinder_encryption_key_deletion_policy", "locations", "direct_url",
        "stores", "image_location", "image_state", "image_type", "user_id", "block_device_mapping", "bdm_v2", "root_device_name", "kernel_id",
        "ramdisk_id", "boot_roles", "cinder_img_volume_type", "image_id", "signature_verified", "self", "file", "schema",
    ];

    /// <summary>Glance's own; who owned it there; signatures, whose certificates lie in that cloud's key manager.</summary>
    static readonly string[] NotPortablePrefixes = ["os_glance_", "owner_", "img_signature", "base_image_"];

    public static bool IsPortable(string name) =>
        !NotPortable.Contains(name) && !NotPortablePrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Those that are carried over, and the names of those that are not. Our own marks are neither.</summary>
    public static (ImmutableSortedDictionary<string, string> Carried, ImmutableArray<string> LeftOut) Split(
        IEnumerable<KeyValuePair<string, string>> properties)
    {
        var theirs = properties.Where(property => !Mark.IsKey(property.Key)).ToList();
        return (
            theirs.Where(property => IsPortable(property.Key)).ToImmutableSortedDictionary(StringComparer.Ordinal),
            [.. theirs.Select(property => property.Key).Where(name => !IsPortable(name)).Order(StringComparer.Ordinal)]);
    }
}
