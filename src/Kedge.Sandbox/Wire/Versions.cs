using System.Text.Json.Nodes;

namespace Kedge.Sandbox.Wire;

/// <summary>Version documents, by which clients find their way before they have a token.</summary>
static class Versions
{
    const string Updated = "2024-04-03T00:00:00Z";

    /// <summary>The root of the cloud: not OpenStack's, but kind to whoever looks.</summary>
    public static JsonObject OfCloud(SandboxRequest request, IReadOnlyList<Api> services) => new()
    {
        ["services"] = services.Select(s => new JsonObject
        {
            ["type"] = s.Type,
            ["href"] = $"{request.Url.GetLeftPart(UriPartial.Authority)}/{s.Prefix}/",
        }).ToJson(),
    };

    public static SandboxResponse Of(SandboxRequest request, Api service, string path)
    {
        var root = $"{request.Url.GetLeftPart(UriPartial.Authority)}/{service.Prefix}/{service.VersionPart}";
        var document = Document(service, root + "/");
        return (service.Prefix, path == "/") switch
        {
            ("identity", true) => SandboxResponse.Json(300, new JsonObject
            {
                ["versions"] = new JsonObject { ["values"] = new JsonArray(document) },
            }),
            ("network", false) => SandboxResponse.Json(200, new JsonObject { ["resources"] = new JsonArray() }),
            ("compute" or "identity", false) => SandboxResponse.Json(200, new JsonObject { ["version"] = document }),
            ("volume" or "image" or "orchestration", true) => SandboxResponse.Json(300,
                new JsonObject { ["versions"] = new JsonArray(document) }),
            _ => SandboxResponse.Json(200, new JsonObject { ["versions"] = new JsonArray(document) }),
        };
    }

    static JsonObject Document(Api service, string href)
    {
        var document = new JsonObject
        {
            ["id"] = Id(service),
            ["status"] = service.Prefix == "identity" ? "stable" : "CURRENT",
            ["updated"] = Updated,
            ["links"] = new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = href }),
        };
        if (service.Microversions is { } range)
        {
            document["version"] = $"{range.Major}.{range.Max}";
            document["min_version"] = $"{range.Major}.{range.Min}";
        }
        return document;
    }

    static string Id(Api service) => service.Prefix switch
    {
        "identity" => "v3.14",
        "image" => "v2.16",
        "orchestration" => "v1.0",
        "volume" => "v3.0",
        _ => service.VersionPart,
    };
}
