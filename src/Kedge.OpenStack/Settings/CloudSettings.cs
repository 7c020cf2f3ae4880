using Kedge.OpenStack.Identity;

namespace Kedge.OpenStack;

/// <summary>How to reach one cloud and as whom. Made by <see cref="CloudsYaml"/>, or by hand. Prints no secrets.</summary>
public sealed record CloudSettings
{
    /// <summary>Name of the cloud, as in clouds.yaml; appears in messages.</summary>
    public required string Name { get; init; }

    /// <summary>Keystone's address, with or without <c>/v3</c>.</summary>
    public required Uri AuthUrl { get; init; }

    /// <summary>Who.</summary>
    public required Credential Credential { get; init; }

    /// <summary>For what. An application credential and an unscoped token bring their own.</summary>
    public CloudScope Scope { get; init; } = new CloudScope.None();

    /// <summary>Region; null takes the first endpoint of the catalog.</summary>
    public string? RegionName { get; init; }

    /// <summary><c>public</c>, <c>internal</c> or <c>admin</c>.</summary>
    public string Interface { get; init; } = "public";

    /// <summary>File with the certificates to trust instead of the system's; null for the system's.</summary>
    public string? CaCertificates { get; init; }

    /// <summary>Client certificate in PEM; null for none.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>Key of the client certificate in PEM; null when it is in the same file.</summary>
    public string? ClientKey { get; init; }

    /// <summary>False accepts any certificate: then nothing protects the passwords.</summary>
    public bool VerifiesCertificates { get; init; } = true;

    /// <summary>Addresses that replace the catalog's, by service type.</summary>
    public IReadOnlyDictionary<string, string> EndpointOverrides { get; init; } = Wire.Empty.Texts;

    /// <summary>Bounds of what is sent.</summary>
    public CallLimits Limits { get; init; } = new();
}

/// <summary>Who asks. Prints no secrets.</summary>
public abstract record Credential
{
    private Credential()
    {
    }

    internal abstract IEnumerable<string> Secrets { get; }

    /// <summary>A user with a password.</summary>
    /// <param name="User">The user.</param>
    /// <param name="Secret">The password.</param>
    public sealed record Password(UserReference User, string Secret) : Credential
    {
        internal override IEnumerable<string> Secrets => [Secret];

        /// <inheritdoc/>
        public override string ToString() => $"password of {User}";
    }

    /// <summary>An application credential.</summary>
    /// <param name="Id">Its id; null when it is named.</param>
    /// <param name="Name">Its name; null when its id is given.</param>
    /// <param name="User">Its user, needed when it is named.</param>
    /// <param name="Secret">Its secret.</param>
    public sealed record Application(ApplicationCredentialId? Id, string? Name, UserReference? User, string Secret) : Credential
    {
        internal override IEnumerable<string> Secrets => [Secret];

        /// <inheritdoc/>
        public override string ToString() => $"application credential {Id?.Value ?? Name}";
    }

    /// <summary>A token from elsewhere; it is exchanged for one with the scope asked for, and lives no longer than itself.</summary>
    /// <param name="Value">The token.</param>
    public sealed record Token(string Value) : Credential
    {
        internal override IEnumerable<string> Secrets => [Value];

        /// <inheritdoc/>
        public override string ToString() => "token";
    }
}

/// <summary>A user by id, or by name and domain.</summary>
/// <param name="Id">Id; null when named.</param>
/// <param name="Name">Name; null when the id is given.</param>
/// <param name="DomainId">Domain by id.</param>
/// <param name="DomainName">Domain by name.</param>
public sealed record UserReference(UserId? Id, string? Name, DomainId? DomainId, string? DomainName);

/// <summary>What the token is for.</summary>
public abstract record CloudScope
{
    private CloudScope()
    {
    }

    /// <summary>What the credential brings, or nothing.</summary>
    public sealed record None : CloudScope;

    /// <summary>A project by id, or by name and domain.</summary>
    /// <param name="Id">Id; null when named.</param>
    /// <param name="Name">Name; null when the id is given.</param>
    /// <param name="DomainId">Domain by id.</param>
    /// <param name="DomainName">Domain by name.</param>
    public sealed record Project(ProjectId? Id, string? Name, DomainId? DomainId, string? DomainName) : CloudScope;

    /// <summary>A domain by id or name.</summary>
    /// <param name="Id">Id; null when named.</param>
    /// <param name="Name">Name; null when the id is given.</param>
    public sealed record Domain(DomainId? Id, string? Name) : CloudScope;

    /// <summary>The whole system.</summary>
    public sealed record System : CloudScope;
}

/// <summary>Bounds of what is sent to one cloud.</summary>
public sealed record CallLimits
{
    /// <summary>Calls that may be under way at once, per service.</summary>
    public int CallsAtOnce { get; init; } = 16;

    /// <summary>How long one attempt may take until its answer is there.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a call may take with all its attempts and waits.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long to try to connect.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stream of an image may stand still.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Attempts of a call, the first included.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Wait before the second attempt, doubled before each further one; each is shortened by up to a half by chance.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait, and the longest <c>Retry-After</c> that is honoured rather than reported.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Items asked for in one page of a list; a cloud may give fewer.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Seed of the chance in the waits; null takes one from the system.</summary>
    public int? Seed { get; init; }
}
