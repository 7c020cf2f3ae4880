using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Identity;

/// <summary>What Keystone says of a token: who, for what, with which roles, until when. <c>https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management</c></summary>
public sealed record TokenDetails
{
    /// <summary>Who.</summary>
    public TokenUser User { get; init => field = value ?? new(); } = new();

    /// <summary>For which project; null for another scope.</summary>
    public TokenProject? Project { get; init; }

    /// <summary>For which domain; null for another scope.</summary>
    public TokenDomain? Domain { get; init; }

    /// <summary>Roles.</summary>
    public IReadOnlyList<Role> Roles { get; init => field = value ?? []; } = [];

    /// <summary>Services of the cloud.</summary>
    public IReadOnlyList<CatalogService> Catalog { get; init => field = value ?? []; } = [];

    /// <summary>Since when, by the cloud's clock.</summary>
    public DateTimeOffset IssuedAt { get; init; }

    /// <summary>Until when, by the cloud's clock.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How it was proved.</summary>
    public IReadOnlyList<string> Methods { get; init => field = value ?? []; } = [];
}

/// <summary>The user of a token.</summary>
public sealed record TokenUser
{
    /// <summary>Id.</summary>
    public UserId Id { get; init; }

    /// <summary>Name, unique in its domain.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Domain.</summary>
    public TokenDomain? Domain { get; init; }

    /// <summary>When the password expires; null for never.</summary>
    public DateTimeOffset? PasswordExpiresAt { get; init; }
}

/// <summary>The project of a token.</summary>
public sealed record TokenProject
{
    /// <summary>Id.</summary>
    public ProjectId Id { get; init; }

    /// <summary>Name, unique in its domain.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Domain.</summary>
    public TokenDomain? Domain { get; init; }
}

/// <summary>A domain in a token.</summary>
public sealed record TokenDomain
{
    /// <summary>Id.</summary>
    public DomainId Id { get; init; }

    /// <summary>Name.</summary>
    public string Name { get; init => field = value ?? ""; } = "";
}

/// <summary>A role.</summary>
public sealed record Role
{
    /// <summary>Id.</summary>
    public RoleId Id { get; init; }

    /// <summary>Name.</summary>
    public string Name { get; init => field = value ?? ""; } = "";
}

/// <summary>A service of the catalog.</summary>
public sealed record CatalogService
{
    /// <summary>Type, such as <c>compute</c>.</summary>
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>Name, such as <c>nova</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Where it answers.</summary>
    public IReadOnlyList<CatalogEndpoint> Endpoints { get; init => field = value ?? []; } = [];
}

/// <summary>Where a service answers.</summary>
public sealed record CatalogEndpoint
{
    /// <summary><c>public</c>, <c>internal</c> or <c>admin</c>.</summary>
    public string Interface { get; init => field = value ?? ""; } = "";

    /// <summary>Region.</summary>
    [JsonPropertyName("region_id")]
    public string? Region { get; init; }

    /// <summary>Address.</summary>
    public string Url { get; init => field = value ?? ""; } = "";
}
