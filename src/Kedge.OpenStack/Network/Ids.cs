using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Network;

/// <summary>Id of a network.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<NetworkId>))]
public readonly record struct NetworkId(string Value) : IResourceId<NetworkId>
{
    /// <inheritdoc/>
    public static NetworkId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a subnet.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<SubnetId>))]
public readonly record struct SubnetId(string Value) : IResourceId<SubnetId>
{
    /// <inheritdoc/>
    public static SubnetId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a router.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<RouterId>))]
public readonly record struct RouterId(string Value) : IResourceId<RouterId>
{
    /// <inheritdoc/>
    public static RouterId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a port.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<PortId>))]
public readonly record struct PortId(string Value) : IResourceId<PortId>
{
    /// <inheritdoc/>
    public static PortId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a security group.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<SecurityGroupId>))]
public readonly record struct SecurityGroupId(string Value) : IResourceId<SecurityGroupId>
{
    /// <inheritdoc/>
    public static SecurityGroupId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a security group rule.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<SecurityGroupRuleId>))]
public readonly record struct SecurityGroupRuleId(string Value) : IResourceId<SecurityGroupRuleId>
{
    /// <inheritdoc/>
    public static SecurityGroupRuleId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a floating IP.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<FloatingIpId>))]
public readonly record struct FloatingIpId(string Value) : IResourceId<FloatingIpId>
{
    /// <inheritdoc/>
    public static FloatingIpId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a QoS policy.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<QosPolicyId>))]
public readonly record struct QosPolicyId(string Value) : IResourceId<QosPolicyId>
{
    /// <inheritdoc/>
    public static QosPolicyId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a subnet pool.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<SubnetPoolId>))]
public readonly record struct SubnetPoolId(string Value) : IResourceId<SubnetPoolId>
{
    /// <inheritdoc/>
    public static SubnetPoolId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of an address scope.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<AddressScopeId>))]
public readonly record struct AddressScopeId(string Value) : IResourceId<AddressScopeId>
{
    /// <inheritdoc/>
    public static AddressScopeId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}
