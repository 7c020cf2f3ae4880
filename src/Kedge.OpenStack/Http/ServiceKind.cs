namespace Kedge.OpenStack.Http;

/// <summary>What is known of a kind of service before any cloud is asked.</summary>
/// <param name="Type">Official service type, used in messages, records and overrides.</param>
/// <param name="Aliases">Other types under which catalogs have it.</param>
/// <param name="VersionPath">Path to add when the catalog's address has no version.</param>
/// <param name="VersionHeader">First word of the header <c>OpenStack-API-Version</c>; null when the service has no microversions.</param>
internal sealed record ServiceKind(string Type, IReadOnlyList<string> Aliases, string VersionPath, string? VersionHeader)
{
    public static readonly ServiceKind Identity = new("identity", [], "v3", null);
    public static readonly ServiceKind Compute = new("compute", [], "v2.1", "compute");
    public static readonly ServiceKind Network = new("network", [], "v2.0", null);
    public static readonly ServiceKind BlockStorage = new("block-storage", ["volumev3", "block-store", "volume"], "v3", "volume");
    public static readonly ServiceKind Images = new("image", [], "v2", null);
    public static readonly ServiceKind Orchestration = new("orchestration", [], "v1", null);

    /// <summary>Names it has in catalogs and, with underscores, in settings such as <c>volume_endpoint_override</c>.</summary>
    public IEnumerable<string> Names => Aliases.Prepend(Type);
}
