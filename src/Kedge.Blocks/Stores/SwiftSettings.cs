namespace Kedge.Blocks.Stores;

/// <summary>Where a container is and who we are there. A class and not a record, so that nothing prints it.</summary>
public sealed class SwiftSettings
{
    /// <summary>The container; it exists already.</summary>
    public required string Container { get; init; }

    /// <summary>What all names in it begin with; empty for the whole container.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Keystone's address (<c>…/v3</c>), or that of TempAuth (<c>…/auth/v1.0</c>).</summary>
    public required Uri AuthUrl { get; init; }

    /// <summary>The user; with TempAuth <c>account:user</c>. With an application credential: its id.</summary>
    public required string User { get; init; }

    /// <summary>The password, or the application credential's secret.</summary>
    public required string Password { get; init; }

    /// <summary>How we come in.</summary>
    public SwiftLogin Login { get; init; }

    /// <summary>Keystone: the user's domain.</summary>
    public string UserDomain { get; init; } = "Default";

    /// <summary>Keystone: the project; null with an application credential, which has its own.</summary>
    public string? Project { get; init; }

    /// <summary>Keystone: the project's domain.</summary>
    public string ProjectDomain { get; init; } = "Default";

    /// <summary>Keystone: the region of the endpoint; null for the first one.</summary>
    public string? Region { get; init; }

    /// <summary>A PEM file of the authorities that the servers' certificates may come from; null for the machine's.</summary>
    public string? AuthorityFile { get; init; }
}

/// <summary>How Swift is entered.</summary>
public enum SwiftLogin
{
    /// <summary>Keystone v3, user and password.</summary>
    Password,

    /// <summary>Keystone v3, application credential.</summary>
    ApplicationCredential,

    /// <summary>TempAuth (Swift's own v1 login; Ceph's radosgw has it, too).</summary>
    TempAuth,
}
