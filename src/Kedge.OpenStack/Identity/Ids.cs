using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Identity;

/// <summary>Id of a project (Keystone; often a UUID without dashes).</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<ProjectId>))]
public readonly record struct ProjectId(string Value) : IResourceId<ProjectId>
{
    /// <inheritdoc/>
    public static ProjectId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of an user.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<UserId>))]
public readonly record struct UserId(string Value) : IResourceId<UserId>
{
    /// <inheritdoc/>
    public static UserId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a domain.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<DomainId>))]
public readonly record struct DomainId(string Value) : IResourceId<DomainId>
{
    /// <inheritdoc/>
    public static DomainId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a role.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<RoleId>))]
public readonly record struct RoleId(string Value) : IResourceId<RoleId>
{
    /// <inheritdoc/>
    public static RoleId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of an application credential.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<ApplicationCredentialId>))]
public readonly record struct ApplicationCredentialId(string Value) : IResourceId<ApplicationCredentialId>
{
    /// <inheritdoc/>
    public static ApplicationCredentialId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}
