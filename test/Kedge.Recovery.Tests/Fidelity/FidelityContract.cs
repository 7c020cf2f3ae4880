using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Tests.Fidelity;

/// <summary>One field of the contract.</summary>
/// <param name="Resource">Kind of the resource, in the word that <see cref="UnreadableField"/> uses.</param>
/// <param name="Field">In the words of docs/formats/blueprint.md; of parts joined by dots.</param>
/// <param name="WhyNotCaptured">Null: it is captured.</param>
public sealed record FidelityField(string Resource, string Field, string? WhyNotCaptured)
{
    public string Key => $"{Resource}.{Field}";

    public override string ToString() => Key;
}

/// <summary>
/// Every field of every resource that a workload consists of: those of the blueprint, found by reflection so that none can be forgotten, and
/// those that OpenStack shows and the blueprint leaves out, each with its reason.
/// </summary>
public static class FidelityContract
{
    static readonly (string Resource, Type Record)[] Resources =
    [
        ("server", typeof(ServerBlueprint)), ("serverGroup", typeof(ServerGroupBlueprint)), ("flavor", typeof(FlavorBlueprint)),
        ("keypair", typeof(KeypairBlueprint)), ("image", typeof(ImageBlueprint)), ("volume", typeof(VolumeBlueprint)),
        ("network", typeof(NetworkBlueprint)), ("subnet", typeof(SubnetBlueprint)), ("router", typeof(RouterBlueprint)),
        ("securityGroup", typeof(SecurityGroupBlueprint)), ("port", typeof(PortBlueprint)), ("floatingIp", typeof(FloatingIpBlueprint)),
    ];

    const string OfHost = "says where it ran, which means nothing elsewhere";
    const string OfOperator = "made by the operator: it must be there at the target; named as unreadable where one was set";
    const string IdThere = "an id of that cloud with no use elsewhere";

    static readonly ImmutableArray<FidelityField> LeftOut =
    [
        new("server", "host", OfHost), new("server", "hypervisorHostname", OfHost), new("server", "instanceName", OfHost), new("server", "hostId", OfHost),
        new("server", "reservationId", IdThere), new("server", "launchIndex", "of a creation of several at once, which is over"),
        new("server", "rootDeviceName", "decides which volume is booted from, and is not kept itself: libvirt does not honour it"),
        new("server", "kernelId", "follows from the image's properties"), new("server", "ramdiskId", "follows from the image's properties"),
        new("server", "attachmentId", IdThere), new("server", "bdmUuid", IdThere),
        new("server", "imageProperties", "captured with the image, or copied with the root disk"),
        new("server", "shares", "Manila is not spoken"), new("server", "personality", "gone since 2.57"),
        new("server", "adminPass", "never shown again after creation"), new("server", "ephemeralDisks", "local to the host: their data is lost, the disks come back empty"),
        new("server", "memory", "of suspended and paused guests: it stays with the host; they boot"),
        new("server", "vtpm", "its secret lies in the key manager of its user, where no admin reads it"),
        new("port", "bindingHost", OfHost), new("port", "bindingProfile", "keys of the host; written by an admin or a driver"),
        new("port", "qosPolicy", OfOperator), new("port", "deviceProfile", OfOperator), new("port", "numaAffinityPolicy", "named as unreadable where one was set"),
        new("port", "trunkDetails", "trunks are not made yet; named as unreadable where there is one"), new("port", "propagateUplinkStatus", "of SR-IOV alone"),
        new("network", "provider", "VLANs and physical networks are the operator's"), new("network", "qosPolicy", OfOperator),
        new("network", "addressScope", OfOperator), new("network", "isVlanTransparent", "of the provider network"),
        new("subnet", "subnetPool", "its CIDR is kept, which need not come from a pool"), new("subnet", "segment", "of routed provider networks"),
        new("router", "flavor", OfOperator), new("router", "externalGateway.qosPolicy", OfOperator),
        new("securityGroup", "rules.remoteAddressGroup", "the rule is left out, since without its addresses it would be open to all; named as unreadable"),
        new("floatingIp", "qosPolicy", OfOperator), new("floatingIp", "portForwardings", "not spoken yet"),
        new("volume", "encryptionKeyId", "the key lies in that cloud's key manager"), new("volume", "snapshots", "a point restores the volume, not its history"),
        new("volume", "replicationStatus", "of the storage there"), new("volume", "providerId", OfHost), new("volume", "host", OfHost),
        new("image", "locations", OfHost), new("image", "members", "sharing is between projects of one cloud"), new("image", "owner", "becomes the target's project"),
        new("keypair", "privateKey", "never kept by a cloud"), new("serverGroup", "otherMembers", "servers that are not of the workload"),
    ];

    /// <summary>Captured ones first, in the order of the format; then those that are left out.</summary>
    public static ImmutableArray<FidelityField> All { get; } =
        [.. Resources.SelectMany(resource => FieldsOf(resource.Resource, resource.Record, "")), .. LeftOut];

    public static IEnumerable<FidelityField> Captured => All.Where(one => one.WhyNotCaptured is null);

    /// <summary>The values that a field has in the resources of a blueprint, nulls and empty lists left out.</summary>
    public static IEnumerable<object> ValuesOf(FidelityField field, Blueprint blueprint)
    {
        var record = Resources.Single(resource => resource.Resource == field.Resource).Record;
        var list = typeof(Blueprint).GetProperties().Single(property => ElementOf(property.PropertyType) == record);
        var values = ((IEnumerable)list.GetValue(blueprint)!).Cast<object>();
        foreach (var name in field.Field.Split('.'))
            values = values.SelectMany(value => Flat(Property(value.GetType(), name).GetValue(value)));
        return values;
    }

    static IEnumerable<FidelityField> FieldsOf(string resource, Type record, string prefix) =>
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .SelectMany(property => ElementOf(property.PropertyType) is { } part && IsPart(part)
                ? FieldsOf(resource, part, $"{prefix}{NameOf(property)}.")
                : [new FidelityField(resource, prefix + NameOf(property), null)]);

    /// <summary>A record of the blueprint's own within another.</summary>
    static bool IsPart(Type type) => type.Namespace == typeof(Blueprint).Namespace && type.IsClass;

    static Type ElementOf(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(ImmutableArray<>) ? plain.GetGenericArguments()[0] : plain;
    }

    static IEnumerable<object> Flat(object? value) => value switch
    {
        null => [],
        string text => [text],
        IEnumerable several => several.Cast<object>(),
        var one => [one],
    };

    static PropertyInfo Property(Type type, string name) => type.GetProperties().Single(property => NameOf(property) == name);

    static string NameOf(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);
}
