using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Compute;

/// <summary>Id of a server.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<ServerId>))]
public readonly record struct ServerId(string Value) : IResourceId<ServerId>
{
    /// <inheritdoc/>
    public static ServerId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a flavor; any text an administrator chose.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<FlavorId>))]
public readonly record struct FlavorId(string Value) : IResourceId<FlavorId>
{
    /// <inheritdoc/>
    public static FlavorId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a server group.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<ServerGroupId>))]
public readonly record struct ServerGroupId(string Value) : IResourceId<ServerGroupId>
{
    /// <inheritdoc/>
    public static ServerGroupId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a Nova service.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<ComputeServiceId>))]
public readonly record struct ComputeServiceId(string Value) : IResourceId<ComputeServiceId>
{
    /// <inheritdoc/>
    public static ComputeServiceId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a hypervisor.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<HypervisorId>))]
public readonly record struct HypervisorId(string Value) : IResourceId<HypervisorId>
{
    /// <inheritdoc/>
    public static HypervisorId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}
