using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Identity;

/// <summary>The service catalog, with the origin that the caller came by.</summary>
static class Endpoints
{
    static readonly string[] interfaces = ["public", "internal", "admin"];

    public static JsonArray Catalog(Call call, string? projectId) => call.Cloud.Apis.Select(service => new JsonObject
    {
        ["id"] = ServiceId(call, service),
        ["type"] = service.Type,
        ["name"] = service.Name,
        ["endpoints"] = interfaces.Select(name => Endpoint(call, service, name, projectId)).ToJson(),
    }).ToJson();

    public static JsonArray Services(Call call) => call.Cloud.Apis.Select(service => new JsonObject
    {
        ["id"] = ServiceId(call, service),
        ["type"] = service.Type,
        ["name"] = service.Name,
        ["enabled"] = true,
        ["links"] = new JsonObject(),
    }).ToJson();

    public static JsonArray List(Call call) => call.Cloud.Apis
        .SelectMany(service => interfaces.Select(name =>
        {
            var endpoint = Endpoint(call, service, name, "$(project_id)s");
            endpoint["service_id"] = ServiceId(call, service);
            endpoint["enabled"] = true;
            endpoint["links"] = new JsonObject();
            return endpoint;
        })).ToJson();

    static JsonObject Endpoint(Call call, Api service, string name, string? projectId) => new()
    {
        ["id"] = Id(call, service.Type + name),
        ["interface"] = name,
        ["region"] = call.Cloud.Settings.Region,
        ["region_id"] = call.Cloud.Settings.Region,
        ["url"] = service.EndpointFor(call.Origin, projectId),
    };

    static string ServiceId(Call call, Api service) => Id(call, service.Type);

    static string Id(Call call, string what) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(call.Cloud.Settings.Name + what)).AsSpan(0, 16));
}
