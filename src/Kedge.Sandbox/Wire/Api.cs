namespace Kedge.Sandbox.Wire;

/// <summary>The API of one OpenStack service: where it lives, what it answers, how it refuses.</summary>
/// <param name="Type">Catalog type.</param>
/// <param name="Name">Catalog name, such as nova.</param>
/// <param name="Prefix">First part of the path: identity, compute, network, volume, image or orchestration.</param>
/// <param name="CatalogPath">Path of the endpoint in the catalog; <c>{project}</c> stands for the project's id.</param>
/// <param name="VersionPart">First part of the path below the prefix, such as v2.1.</param>
/// <param name="Routes">Everything below the version part.</param>
/// <param name="Refusal">The body of an error.</param>
/// <param name="Microversions">Null where the service has none.</param>
sealed record Api(
    string Type,
    string Name,
    string Prefix,
    string CatalogPath,
    string VersionPart,
    RouteTable Routes,
    Func<ApiFault, SandboxResponse> Refusal,
    Microversions? Microversions = null)
{
    /// <summary>Cinder and Heat put the project's id between version and resource.</summary>
    public bool HasProjectInPath => CatalogPath.Contains("{project}", StringComparison.Ordinal);

    public string EndpointFor(string origin, string? projectId) =>
        origin + CatalogPath.Replace("{project}", projectId ?? "", StringComparison.Ordinal);
}
