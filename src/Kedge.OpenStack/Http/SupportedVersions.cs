namespace Kedge.OpenStack.Http;

/// <summary>The microversions that a service speaks.</summary>
/// <param name="Lowest">Oldest.</param>
/// <param name="Highest">Newest.</param>
public sealed record SupportedVersions(Microversion Lowest, Microversion Highest);
