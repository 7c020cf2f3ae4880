using System.Runtime.CompilerServices;
using System.Text.Json;
using Kedge.OpenStack.Http;

namespace Kedge.OpenStack.Compute;

/// <summary>
/// Reads servers twice: up to 2.46 for the id of the flavor, which newer versions no longer tell, and with the newest for everything else.
/// </summary>
internal sealed class ServerReader(Endpoint nova)
{
    public async Task<Server> GetAsync(ServerId id, CancellationToken cancel) =>
        await FindAsync(id, cancel) ?? throw nova.NotFound($"server {id}");

    public async Task<Server?> FindAsync(ServerId id, CancellationToken cancel)
    {
        var newest = await NewestAsync(cancel);
        var newer = nova.FindJsonAsync(Request.Get($"servers/{id}").At(Nova.Any), cancel);
        var older = newest <= Nova.LastWithFlavorId ? newer : nova.FindJsonAsync(Request.Get($"servers/{id}").At(Nova.FlavorId), cancel);
        await Task.WhenAll(newer, older);
        return await newer is { } contents
            ? ServerJson.Read(nova, nova.Member(contents, "server"), await older is { } flavor ? nova.Member(flavor, "server") : null, new(newest, IsAlone: true))
            : null;
    }

    public async IAsyncEnumerable<Server> ListAsync(ServerFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var newest = await NewestAsync(cancel);
        var asked = new HashSet<string>(StringComparer.Ordinal);
        for (Request? next = nova.Paged(Request.List($"servers/detail").Where(QueryOf(filter))); next is not null;)
        {
            if (!asked.Add(next.Query) || asked.Count > Endpoint.MostPages)
                throw nova.Broken($"the list of servers does not end: page {asked.Count} leads back or too far", null);
            var newer = nova.PageAsync(next.At(Nova.Any), "servers", cancel);
            var older = newest <= Nova.LastWithFlavorId ? newer : nova.PageAsync(next.At(Nova.FlavorId), "servers", cancel);
            await Task.WhenAll(newer, older);
            var flavors = (await older).Items.EnumerateArray().ToDictionary(server => nova.Text(server, "id"));
            foreach (var item in (await newer).Items.EnumerateArray())
            {
                var server = ServerJson.Read(nova, item, await FlavorOfAsync(item, flavors, cancel), new(newest, IsAlone: false));
                if (Matches(server, filter))
                    yield return server;
            }

            next = (await newer).NextQuery is { } query ? next with { Query = query } : null;
        }
    }

    // Two reads of a page that changes meanwhile need not show the same servers.
    async Task<JsonElement?> FlavorOfAsync(JsonElement server, Dictionary<string, JsonElement> flavors, CancellationToken cancel)
    {
        var id = nova.Text(server, "id");
        if (flavors.TryGetValue(id, out var known))
            return known;
        if (ServerJson.IsPartial(server))
            return null;
        return await nova.FindJsonAsync(Request.Get($"servers/{id}").At(Nova.FlavorId), cancel) is { } found ? nova.Member(found, "server") : null;
    }

    static Query QueryOf(ServerFilter filter) => new()
    {
        ["all_tenants"] = filter.Scope == ProjectScope.All ? "1" : null,
        ["project_id"] = filter.Scope == ProjectScope.All ? filter.ProjectId?.Value : null,
        ["tags"] = Query.Of(filter.Tags),
        ["host"] = filter.Host,
        ["changes-since"] = Query.Of(filter.ChangesSince),

        // Nova takes the name for a regular expression of its database.
        ["name"] = filter.Name is { } name && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') ? $"^{name}$" : null,
    };

    static bool Matches(Server server, ServerFilter filter) =>
        (filter.Name is null || server.Name == filter.Name)
        && (filter.ProjectId is null || server.ProjectId == filter.ProjectId)
        && filter.Metadata.All(item => server.Metadata.TryGetValue(item.Key, out var value) && value == item.Value);

    async Task<Microversion> NewestAsync(CancellationToken cancel)
    {
        var highest = (await nova.VersionsAsync(cancel))?.Highest ?? Nova.Oldest;
        return highest < Nova.Newest ? highest : Nova.Newest;
    }
}

/// <summary>How a server was read.</summary>
/// <param name="Version">Newest microversion used.</param>
/// <param name="IsAlone">Read by its id rather than in a list, which tells less.</param>
internal readonly record struct ServerReading(Microversion Version, bool IsAlone);
