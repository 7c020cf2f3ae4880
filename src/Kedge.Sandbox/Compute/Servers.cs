using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>/servers: list, show, update, delete.</summary>
static class Servers
{
    /// <summary>A caller's own expression must not stop the cloud.</summary>
    static readonly TimeSpan maxMatching = TimeSpan.FromSeconds(1);

    public static SandboxResponse List(Call call, bool isDetailed)
    {
        var page = Page.Cut(call, Wanted(call), s => s.Id);
        var view = isDetailed ? (Func<Call, Server, JsonObject>)ServerView.Detail : ServerView.Brief;
        var body = new JsonObject { ["servers"] = page.Items.Select(s => view(call, s)).ToJson() };
        if (page.NextQuery is not null)
            body["servers_links"] = new JsonArray(new JsonObject { ["rel"] = "next",
                ["href"] = $"{call.Origin}/compute/v2.1{call.Path}?{page.NextQuery}" });
        return SandboxResponse.Json(200, body);
    }

    public static SandboxResponse Show(Call call)
    {
        var server = Get(call);
        if (ServerView.IsDown(call, server) && call.Version < 69)
            throw CellDown();
        return SandboxResponse.Json(200, new JsonObject { ["server"] = ServerView.Show(call, server) });
    }

    public static SandboxResponse Update(Call call)
    {
        var server = GetReachable(call);
        var body = call.Body("server");
        server.Name = body.Text("name") ?? server.Name;
        server.AccessIpv4 = body.Text("accessIPv4") ?? server.AccessIpv4;
        server.AccessIpv6 = body.Text("accessIPv6") ?? server.AccessIpv6;
        if (body.ContainsKey("description"))
            server.Description = call.Version >= 19 ? body.Text("description") : throw Unexpected("description");
        if (body.Text("hostname") is { } hostname)
            server.Hostname = call.Version >= 90 ? hostname : throw Unexpected("hostname");
        server.UpdatedAt = call.Now;
        return SandboxResponse.Json(200, new JsonObject { ["server"] = ServerView.Detail(call, server) });
    }

    public static SandboxResponse Delete(Call call)
    {
        var server = GetReachable(call);
        RefuseLocked(call, server);
        ServerLife.Delete(call.Cloud.Nova, server);
        server.Actions.Add(new("delete", call.Now, null));
        return SandboxResponse.Empty(204);
    }

    public static SandboxResponse Addresses(Call call) =>
        SandboxResponse.Json(200, new JsonObject { ["addresses"] = ServerView.AddressesOf(call, GetReachable(call)) });

    public static SandboxResponse SecurityGroups(Call call)
    {
        var server = GetReachable(call);
        return SandboxResponse.Json(200, new JsonObject
        {
            ["security_groups"] = server.Nics.SelectMany(n => n.Port.SecurityGroupIds).Distinct().Select(id => new JsonObject
            {
                ["id"] = id,
                ["name"] = call.Cloud.Neutron.SecurityGroups.Find(id)?.Name ?? id,
                ["description"] = "",
                ["tenant_id"] = server.ProjectId,
                ["rules"] = new JsonArray(),
            }).ToJson(),
        });
    }

    public static Server Get(Call call) => call.Cloud.Nova.Servers.Find(call["id"]) is { } server && call.Owns(server.ProjectId)
        ? server
        : throw ApiFault.NotFound($"Instance {call["id"]} could not be found.");

    /// <summary>A server whose cell answers.</summary>
    public static Server GetReachable(Call call)
    {
        var server = Get(call);
        return ServerView.IsDown(call, server) ? throw CellDown() : server;
    }

    /// <summary>A locked server obeys only admins.</summary>
    public static void RefuseLocked(Call call, Server server)
    {
        if (server.LockedBy is not null && !call.IsAdmin)
            throw ApiFault.Conflict($"Instance {server.Id} is locked");
    }

    public static ApiFault Unexpected(string field) =>
        ApiFault.Bad($"Invalid input for field/attribute server. Additional properties are not allowed ('{field}' was unexpected)");

    static ApiFault CellDown() =>
        new(500, "Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.\n<class 'oslo_db.exception.DBConnectionError'>");

    static IEnumerable<Server> Wanted(Call call)
    {
        var query = call.Query;
        IEnumerable<Server> servers = call.Cloud.Nova.Servers.NewestFirst().Where(s => call.Lists(s.ProjectId));
        if (call.Version < 69)
            servers = servers.Where(s => !ServerView.IsDown(call, s));
        if (query.First("changes-since") is { } text)
        {
            var since = Stamp.Parse(text);
            servers = servers.Concat(call.Cloud.Nova.Deleted.Where(s => call.Lists(s.ProjectId))).Where(s => s.UpdatedAt >= since);
        }
        return servers.Where(s => Fits(query, s, call.Cloud.Nova));
    }

    static bool Fits(Query query, Server server, Nova nova)
    {
        static bool Matches(string? pattern, string text) =>
            pattern is null || Regex.IsMatch(text, pattern, RegexOptions.None, maxMatching);
        static string[] Split(string? text) => text?.Split(',') ?? [];
        bool Is(string key, string? value) => query.First(key) is not { } wanted
            || string.Equals(wanted, value, StringComparison.OrdinalIgnoreCase);

        return Matches(query.First("name"), server.Name)
            && (!query.Has("status") || query.All("status").Contains(server.Status, StringComparer.OrdinalIgnoreCase))
            && Is("image", server.ImageId)
            && Is("flavor", server.Flavor.Id)
            && Is("host", server.Host)
            && Is("uuid", server.Id)
            && Is("key_name", server.KeyName)
            && Is("vm_state", server.VmState)
            && Is("availability_zone", nova.Hosts.Exists(h => h.Name == server.Host) ? Nova.Zone : server.PinnedZone)
            && (!query.Has("locked") || query.Flag("locked") == server.LockedBy is not null)
            && (query.First("ip") is not { } ip || server.Nics.Exists(n => n.Port.FixedIps.Exists(f => Matches(ip, f.Address.ToString()))))
            && Split(query.First("tags")).All(server.Tags.Contains)
            && (!query.Has("tags-any") || Split(query.First("tags-any")).Any(server.Tags.Contains))
            && (!query.Has("not-tags") || !Split(query.First("not-tags")).All(server.Tags.Contains));
    }
}
