using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Kedge.Recovery.Tests.Fidelity;

/// <summary>Edits what a cloud answers on its way to the client: for fields that the sandbox shows and cannot be made to fill.</summary>
sealed class EditedAnswers(HttpMessageHandler cloud) : DelegatingHandler(cloud)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        if (request.Method != HttpMethod.Get || answer.Content.Headers.ContentType?.MediaType != "application/json")
            return answer;
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        Edit(json);
        answer.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json!.ToJsonString()));
        answer.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return answer;
    }

    static void Edit(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                    Edit(item);
                break;
            case JsonObject fields:
                foreach (var (_, value) in fields.ToList())
                    Edit(value);
                Fill(fields);
                break;
        }
    }

    /// <summary>Which resource it is shows in the fields that it has.</summary>
    static void Fill(JsonObject it)
    {
        if (it.ContainsKey("OS-FLV-EXT-DATA:ephemeral"))
            Set(it, ("OS-FLV-EXT-DATA:ephemeral", 5), ("swap", 64), ("description", "large"), ("extra_specs", new JsonObject { ["hw:cpu_policy"] = "dedicated" }));
        if (it.ContainsKey("original_name"))
            Set(it, ("ephemeral", 5), ("swap", 64), ("extra_specs", new JsonObject { ["hw:cpu_policy"] = "dedicated" }));
        if (it.ContainsKey("locked_reason"))
            Set(it, ("trusted_image_certificates", new JsonArray("certificate")), ("scheduler_hints", new JsonObject { ["different_host"] = "there", ["group"] = "x" }));
        if (it.ContainsKey("os_hidden"))
            Set(it, ("os_hidden", true), ("protected", true), ("min_ram", 64), ("os_glance_importing_to_stores", "there"));
        if (it.ContainsKey("distributed"))
            Set(it, ("distributed", true), ("ha", true));
        if (it.ContainsKey("external_gateway_info"))
            Set(it, ("availability_zone_hints", new JsonArray("nova")));
        if (it.ContainsKey("router:external"))
            Set(it, ("availability_zone_hints", new JsonArray("nova")), ("shared", true));
        if (it.ContainsKey("enable_dhcp"))
            Set(it, ("service_types", new JsonArray("compute:nova")), ("dns_publish_fixed_ip", true));
        if (it.ContainsKey("volume_type") && it.ContainsKey("multiattach"))
            Set(it, ("multiattach", true), ("encrypted", true), ("group_id", "group-1"));
        if (it.ContainsKey("policy") && it.ContainsKey("members"))
            Set(it, ("rules", new JsonObject { ["max_server_per_host"] = 2 }));
    }

    static void Set(JsonObject it, params (string Field, JsonNode? Value)[] values)
    {
        foreach (var (field, value) in values)
            it[field] = value;
    }
}
