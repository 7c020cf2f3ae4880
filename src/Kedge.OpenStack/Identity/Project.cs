using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Identity;

/// <summary>A project. <c>https://docs.openstack.org/api-ref/identity/v3/#projects</c></summary>
public sealed record Project
{
    /// <summary>Id.</summary>
    public ProjectId Id { get; init; }

    /// <summary>Name, unique in its domain.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Domain.</summary>
    public DomainId? DomainId { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Whether it is enabled.</summary>
    [JsonPropertyName("enabled")]
    public bool IsEnabled { get; init; }

    /// <summary>Project above.</summary>
    public ProjectId? ParentId { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init => field = value ?? []; } = [];
}

/// <summary>A user. <c>https://docs.openstack.org/api-ref/identity/v3/#users</c></summary>
public sealed record User
{
    /// <summary>Id.</summary>
    public UserId Id { get; init; }

    /// <summary>Name, unique in its domain.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Domain.</summary>
    public DomainId? DomainId { get; init; }

    /// <summary>Whether it is enabled.</summary>
    [JsonPropertyName("enabled")]
    public bool IsEnabled { get; init; }

    /// <summary>Default project.</summary>
    public ProjectId? DefaultProjectId { get; init; }
}

/// <summary>An application credential: one user, one project. <c>https://docs.openstack.org/api-ref/identity/v3/#application-credentials</c></summary>
public sealed record ApplicationCredential
{
    /// <summary>Id.</summary>
    public ApplicationCredentialId Id { get; init; }

    /// <summary>Name, unique for its user.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Its project.</summary>
    public ProjectId ProjectId { get; init; }

    /// <summary>Its roles.</summary>
    public IReadOnlyList<Role> Roles { get; init => field = value ?? []; } = [];

    /// <summary>Until when; null for ever.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether it may make others and trusts.</summary>
    [JsonPropertyName("unrestricted")]
    public bool IsUnrestricted { get; init; }

    /// <summary>The secret: told once, when created. Never printed.</summary>
    public string? Secret { get; init; }

    /// <summary>Its id and name, without the secret.</summary>
    public override string ToString() => $"application credential {Name} ({Id})";
}

/// <summary>An application credential to be created for oneself and the project of the token.</summary>
public sealed record NewApplicationCredential
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Roles; null for all of the token's.</summary>
    public IReadOnlyList<RoleByName>? Roles { get; init; }

    /// <summary>Until when; null for ever.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether it may make others and trusts.</summary>
    [JsonPropertyName("unrestricted")]
    public bool IsUnrestricted { get; init; }
}

/// <summary>A role by its name.</summary>
/// <param name="Name">Name.</param>
public sealed record RoleByName(string Name);

/// <summary>A role that someone has somewhere.</summary>
/// <param name="Role">The role.</param>
/// <param name="User">Who; null for a group.</param>
/// <param name="Project">On which project; null for another scope.</param>
public sealed record RoleAssignment(Role Role, UserId? User, ProjectId? Project);
