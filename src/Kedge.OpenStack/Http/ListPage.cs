using System.Text.Json;

namespace Kedge.OpenStack.Http;

/// <summary>A page of a list.</summary>
/// <param name="Items">Its items, an array.</param>
/// <param name="NextQuery">The query of the page after it; null when it is the last.</param>
internal sealed record ListPage(JsonElement Items, string? NextQuery)
{
    /// <summary>
    /// The next page as the services write it: <c>servers_links: [{rel: next, href}]</c> (Nova, Cinder, Neutron), <c>next: href</c> (Glance),
    /// <c>links: [{rel: next, href}]</c> (Heat), <c>links: {next: href}</c> (Keystone). Of the address only the query is taken:
    /// behind a proxy the rest is often wrong.
    /// </summary>
    public static string? NextIn(JsonElement answer, string envelope)
    {
        var address = Text(answer, "next")
            ?? (answer.TryGetProperty($"{envelope}_links", out var own) ? FromLinks(own) : null)
            ?? (answer.TryGetProperty("links", out var links) ? FromLinks(links) : null);
        return address?.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? address[(at + 1)..] : null;
    }

    static string? FromLinks(JsonElement links) => links.ValueKind switch
    {
        JsonValueKind.Object => Text(links, "next"),
        JsonValueKind.Array => links.EnumerateArray().Where(link => Text(link, "rel") == "next").Select(link => Text(link, "href")).FirstOrDefault(),
        _ => null,
    };

    static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
