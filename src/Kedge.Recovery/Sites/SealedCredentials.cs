namespace Kedge.Recovery.Sites;

/// <summary>The entries of clouds.yaml of a site, encrypted. Format: docs/formats/site.md.</summary>
/// <param name="Key">Id of the key that opens it.</param>
/// <param name="Tenant">Envelope, base64.</param>
/// <param name="Admin">Envelope, base64; null: the site has no admin.</param>
public sealed record SealedCredentials(string Key, string Tenant, string? Admin = null);

/// <summary>The entries in the clear. Prints nothing of them.</summary>
/// <param name="Tenant">A clouds.yaml with one cloud.</param>
/// <param name="Admin">The same; null: none.</param>
public sealed record OpenCredentials(string Tenant, string? Admin)
{
    public override string ToString() => "credentials (not shown)";
}
