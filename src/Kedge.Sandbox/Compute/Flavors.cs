using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>/flavors</summary>
static class Flavors
{
    public static SandboxResponse List(Call call, bool isDetailed)
    {
        var seen = call.Cloud.Nova.Flavors.Where(f => f.IsPublic || call.IsAdmin);
        var page = Page.Cut(call, seen, f => f.Id);
        var body = new JsonObject { ["flavors"] = page.Items.Select(f => isDetailed ? View(call, f) : Brief(call, f)).ToJson() };
        if (page.NextQuery is not null)
            body["flavors_links"] = new JsonArray(new JsonObject { ["rel"] = "next",
                ["href"] = $"{call.Origin}/compute/v2.1{call.Path}?{page.NextQuery}" });
        return SandboxResponse.Json(200, body);
    }

    public static SandboxResponse Show(Call call) => SandboxResponse.Json(200, new JsonObject { ["flavor"] = View(call, Get(call)) });

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("flavor");
        var name = body.RequiredText("name");
        var id = body.Reference("id") is { } asked && asked != "auto" ? asked : call.Cloud.Ids.Uuid();
        if (call.Cloud.Nova.Flavors.Any(f => f.Id == id || f.Name == name))
            throw ApiFault.Conflict($"Flavor with name {name} or ID {id} already exists.");
        var flavor = new Flavor
        {
            Id = id,
            Name = name,
            RamMebibytes = body.Number("ram") ?? throw ApiFault.Bad("'ram' is a required property"),
            Vcpus = body.Number("vcpus") ?? throw ApiFault.Bad("'vcpus' is a required property"),
            DiskGibibytes = body.Number("disk") ?? 0,
            EphemeralGibibytes = body.Number("OS-FLV-EXT-DATA:ephemeral") ?? 0,
            SwapMebibytes = body.Number("swap") ?? 0,
            IsPublic = body.Flag("os-flavor-access:is_public") ?? true,
            Description = body.Text("description"),
        };
        call.Cloud.Nova.Flavors.Add(flavor);
        return SandboxResponse.Json(200, new JsonObject { ["flavor"] = View(call, flavor) });
    }

    public static SandboxResponse Delete(Call call)
    {
        call.Cloud.Nova.Flavors.Remove(Get(call));
        return SandboxResponse.Empty(202);
    }

    public static SandboxResponse ExtraSpecs(Call call) =>
        SandboxResponse.Json(200, new JsonObject { ["extra_specs"] = Get(call).ExtraSpecs.ToJson() });

    public static SandboxResponse AddExtraSpecs(Call call)
    {
        var flavor = Get(call);
        foreach (var (key, value) in call.Body().Map("extra_specs"))
            flavor.ExtraSpecs[key] = value;
        return SandboxResponse.Json(200, new JsonObject { ["extra_specs"] = flavor.ExtraSpecs.ToJson() });
    }

    /// <summary>Within a server: a reference until 2.46, from 2.47 on the content without the id.</summary>
    public static JsonObject Of(Call call, Flavor flavor)
    {
        if (call.Version < 47)
            return new JsonObject { ["id"] = flavor.Id, ["links"] = Links(call, flavor, "bookmark") };
        var view = new JsonObject
        {
            ["original_name"] = flavor.Name,
            ["ram"] = flavor.RamMebibytes,
            ["vcpus"] = flavor.Vcpus,
            ["disk"] = flavor.DiskGibibytes,
            ["ephemeral"] = flavor.EphemeralGibibytes,
            ["swap"] = flavor.SwapMebibytes,
            ["extra_specs"] = flavor.ExtraSpecs.ToJson(),
        };
        return view;
    }

    public static JsonObject View(Call call, Flavor flavor)
    {
        var view = Brief(call, flavor);
        view["ram"] = flavor.RamMebibytes;
        view["vcpus"] = flavor.Vcpus;
        view["disk"] = flavor.DiskGibibytes;
        view["swap"] = flavor.SwapMebibytes == 0 && call.Version < 75 ? "" : flavor.SwapMebibytes;
        view["OS-FLV-EXT-DATA:ephemeral"] = flavor.EphemeralGibibytes;
        view["OS-FLV-DISABLED:disabled"] = false;
        view["os-flavor-access:is_public"] = flavor.IsPublic;
        view["rxtx_factor"] = 1.0;
        if (call.Version >= 61)
            view["extra_specs"] = flavor.ExtraSpecs.ToJson();
        return view;
    }

    static JsonObject Brief(Call call, Flavor flavor)
    {
        var view = new JsonObject { ["id"] = flavor.Id, ["name"] = flavor.Name, ["links"] = Links(call, flavor, "self") };
        if (call.Version >= 55)
            view["description"] = flavor.Description;
        return view;
    }

    static JsonArray Links(Call call, Flavor flavor, string rel) =>
        new(new JsonObject { ["rel"] = rel, ["href"] = $"{call.Origin}/compute/flavors/{flavor.Id}" });

    static Flavor Get(Call call) => call.Cloud.Nova.Flavors.Find(call["id"]) is { } flavor && (flavor.IsPublic || call.IsAdmin)
        ? flavor
        : throw ApiFault.NotFound($"Flavor {call["id"]} could not be found.");
}
