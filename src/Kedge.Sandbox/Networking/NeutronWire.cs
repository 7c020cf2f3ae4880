using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>What all of Neutron's resources share on the wire: filters, fields, paging, policies, quotas.</summary>
static class NeutronWire
{
    static readonly HashSet<string> notFilters =
    [
        "fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir", "tags", "tags-any", "not-tags", "not-tags-any", "fixed_ips",
        "security_groups", "changed_since",
    ];

    public static SandboxResponse List<T>(Call call, string key, IEnumerable<T> items, Func<Call, T, JsonObject> view)
        where T : NeutronResource
    {
        var fits = items.Where(item => HasTags(call.Query, item)).Select(item => (item.Id, View: view(call, item)))
            .Where(i => Fits(call.Query, i.View));
        var page = Page.Cut(call, fits, i => i.Id, null);
        var body = new JsonObject { [key] = page.Items.Select(i => Fields(call.Query, i.View)).ToJson() };
        if (page.NextQuery is not null)
            body[key + "_links"] = new JsonArray(new JsonObject
            {
                ["rel"] = "next",
                ["href"] = $"{call.Origin}/network/v2.0{call.Path}?{page.NextQuery}",
            });
        return SandboxResponse.Json(200, body);
    }

    public static SandboxResponse One(Call call, int status, string key, JsonObject view) =>
        SandboxResponse.Json(status, new JsonObject { [key] = Fields(call.Query, view) });

    /// <summary>What every view begins with.</summary>
    public static JsonObject Start(NeutronResource resource)
    {
        var view = new JsonObject
        {
            ["id"] = resource.Id,
            ["name"] = resource.Name,
            ["description"] = resource.Description,
            ["tenant_id"] = resource.ProjectId,
            ["project_id"] = resource.ProjectId,
            ["created_at"] = Stamp.Seconds(resource.CreatedAt),
            ["updated_at"] = Stamp.Seconds(resource.UpdatedAt),
            ["revision_number"] = resource.Revision,
            ["tags"] = resource.Tags.ToJson(),
        };
        return view;
    }

    public static void Touch(Call call, NeutronResource resource)
    {
        resource.UpdatedAt = call.Now;
        resource.Revision++;
    }

    public static void Rename(JsonObject body, NeutronResource resource)
    {
        resource.Name = body.Text("name") ?? resource.Name;
        resource.Description = body.Text("description") ?? resource.Description;
    }

    /// <summary>Whose a new resource is; naming somebody else's project takes an admin.</summary>
    public static string ProjectFor(Call call, JsonObject body, string policy)
    {
        var asked = body.Reference("project_id") ?? body.Reference("tenant_id");
        if (asked is not null && asked != call.ProjectId && !call.IsAdmin)
            throw Denied(policy, "tenant_id");
        return asked ?? call.ProjectId;
    }

    public static ApiFault Denied(string policy, string? attribute = null) => new(403, attribute is null
        ? $"rule:{policy} is disallowed by policy"
        : $"(rule:{policy} and rule:{policy}:{attribute}) is disallowed by policy", "PolicyNotAuthorized");

    public static ApiFault NotFound(string kind, string id) =>
        new(404, $"{kind} {id} could not be found.", kind.Replace(" ", "", StringComparison.Ordinal) + "NotFound");

    public static void Reserve(Call call, string projectId, string resource)
    {
        var neutron = call.Cloud.Neutron;
        if (!neutron.Quotas.Allows(projectId, resource, NetworkQuotas.Used(neutron, projectId, resource), 1))
            throw new ApiFault(409, $"Quota exceeded for resources: ['{resource}'].", "OverQuota");
    }

    static bool Fits(Query query, JsonObject view)
    {
        foreach (var key in query.Keys)
        {
            if (notFilters.Contains(key) || !view.TryGetPropertyValue(key, out var value) || value is JsonArray or JsonObject)
                continue;
            var text = view.Text(key) ?? "";
            if (!query.All(key).Any(wanted => string.Equals(wanted, text, StringComparison.OrdinalIgnoreCase)))
                return false;
        }
        return HasFixedIps(query, view) && HasGroups(query, view);
    }

    /// <summary><c>fixed_ips=ip_address=10.0.0.5</c>, also with subnet_id; all given must hold for the port.</summary>
    static bool HasFixedIps(Query query, JsonObject view) => query.All("fixed_ips").All(wish =>
        wish.Split('=', 2) is [var field, var wanted]
        && view.Objects("fixed_ips").Any(ip => field == "ip_address_substr"
            ? ip.Text("ip_address")!.Contains(wanted, StringComparison.Ordinal)
            : ip.Text(field) == wanted));

    static bool HasGroups(Query query, JsonObject view) =>
        !query.Has("security_groups") || query.All("security_groups").Any(g => view.Texts("security_groups").Contains(g));

    static bool HasTags(Query query, NeutronResource resource)
    {
        static string[] Split(string? text) => text?.Split(',') ?? [];
        return Split(query.First("tags")).All(resource.Tags.Contains)
            && (!query.Has("tags-any") || Split(query.First("tags-any")).Any(resource.Tags.Contains))
            && (!query.Has("not-tags") || !Split(query.First("not-tags")).All(resource.Tags.Contains))
            && !Split(query.First("not-tags-any")).Any(resource.Tags.Contains);
    }

    static JsonObject Fields(Query query, JsonObject view)
    {
        if (!query.Has("fields"))
            return view;
        var wanted = query.All("fields").ToHashSet();
        foreach (var key in view.Select(p => p.Key).Where(k => !wanted.Contains(k)).ToList())
            view.Remove(key);
        return view;
    }
}
