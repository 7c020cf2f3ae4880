using System.Text.RegularExpressions;
using Kedge.OpenStack.Identity;

namespace Kedge.OpenStack.Http;

/// <summary>Finds where a service is: Keystone by the settings, others by an override or by the catalog, region and interface.</summary>
internal sealed partial class EndpointAddress(ServiceKind kind, CloudSettings settings, Session session)
{
    public async ValueTask<Uri> OfAsync(Request request, CancellationToken cancel)
    {
        var query = request.Query.Length == 0 ? "" : "?" + request.Query;
        return new($"{await RootAsync(cancel)}/{request.Path.Path}{query}");
    }

    /// <summary>The address of the service's version document: what is left without a project at the end.</summary>
    public async ValueTask<Uri> OfVersionsAsync(CancellationToken cancel)
    {
        var root = await RootAsync(cancel);
        return new(ProjectAtTheEnd().Replace(root, "$1") + "/");
    }

    async ValueTask<string> RootAsync(CancellationToken cancel)
    {
        var replaced = settings.EndpointOverrides.GetValueOrDefault(kind.Type);
        if (kind == ServiceKind.Identity)
            return WithVersion(V2().Replace(replaced ?? settings.AuthUrl.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped), ""));
        var token = await session.TokenAsync(cancel);
        return WithVersion(replaced is null ? FromCatalog(token.Details) : WithProject(replaced, token.Details));
    }

    string FromCatalog(TokenDetails token)
    {
        var services = kind.Names.SelectMany(name => token.Catalog.Where(service => service.Type == name)).ToList();
        var found = services
            .SelectMany(service => service.Endpoints)
            .FirstOrDefault(endpoint => endpoint.Interface == settings.Interface && (settings.RegionName is null || endpoint.Region == settings.RegionName));
        if (found is not null)
            return found.Url;
        var there = services.SelectMany(service => service.Endpoints).Select(endpoint => $"{endpoint.Interface} in {endpoint.Region}").Distinct().ToList();
        throw new OpenStackException(
            Fault.NoEndpoint,
            $"The catalog of cloud '{settings.Name}' has no {settings.Interface} endpoint of the service {kind.Type}"
            + (settings.RegionName is null ? "" : $" in region '{settings.RegionName}'")
            + (there is [] ? "; it does not have the service at all, or the token is for no project." : $"; it has: {string.Join(", ", there)}."),
            new(settings.Name, kind.Type));
    }

    static string WithProject(string template, TokenDetails token) =>
        ProjectHole().Replace(template, token.Project?.Id.Value ?? "");

    string WithVersion(string address)
    {
        address = address.TrimEnd('/');
        return Version().IsMatch(new Uri(address).AbsolutePath) ? address : $"{address}/{kind.VersionPath}";
    }

    [GeneratedRegex("/v[0-9]+(\\.[0-9]+)?(/|$)")]
    private static partial Regex Version();

    [GeneratedRegex("/v2\\.0/?$")]
    private static partial Regex V2();

    [GeneratedRegex("(/v[0-9]+(?:\\.[0-9]+)?)/.*$")]
    private static partial Regex ProjectAtTheEnd();

    [GeneratedRegex("[%$]\\((project_id|tenant_id)\\)s")]
    private static partial Regex ProjectHole();
}
