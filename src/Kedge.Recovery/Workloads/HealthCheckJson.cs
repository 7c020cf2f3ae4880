using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.Recovery.Workloads;

/// <summary>
/// A health check as a person writes it: <c>{tcp: 5432}</c>, <c>{tcp: 5432, address: 10.0.0.5}</c> or <c>{http: "http://10.0.0.5/health"}</c>.
/// docs/formats/workload.md
/// </summary>
sealed class HealthCheckJson : JsonConverter<HealthCheck>
{
    public override HealthCheck Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var fields = document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.EnumerateObject().ToList() : [];
        if (fields.Select(field => field.Name).FirstOrDefault(name => name is not ("tcp" or "http" or "address")) is { } unknown)
            throw new JsonException($"'{unknown}' is not known in a health check: tcp (a port) with address if wanted, or http (a URL)");
        return (Named(fields, "tcp"), Named(fields, "http"), Named(fields, "address")) switch
        {
            ({ } port, null, var address) => new HealthCheck.Tcp(Port(port), address is { } at ? Address(at) : null),
            (null, { } url, null) => new HealthCheck.Http(Url(url)),
            _ => throw new JsonException("a health check is either tcp (a port), with address if wanted, or http (a URL)"),
        };
    }

    public override void Write(Utf8JsonWriter writer, HealthCheck value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        switch (value)
        {
            case HealthCheck.Tcp tcp:
                writer.WriteNumber("tcp", tcp.Port);
                if (tcp.Address is not null)
                    writer.WriteString("address", tcp.Address);
                break;
            case HealthCheck.Http http:
                writer.WriteString("http", http.Url.OriginalString);
                break;
        }
        writer.WriteEndObject();
    }

    static JsonElement? Named(List<JsonProperty> fields, string name)
    {
        foreach (var field in fields)
        {
            if (field.NameEquals(name) && field.Value.ValueKind != JsonValueKind.Null)
                return field.Value;
        }
        return null;
    }

    static int Port(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var port) && port is > 0 and < 65536
        ? port
        : throw new JsonException($"tcp takes a port from 1 to 65535; {value.GetRawText()} is not one");

    static string Address(JsonElement value) => value.ValueKind == JsonValueKind.String && System.Net.IPAddress.TryParse(value.GetString(), out _)
        ? value.GetString()!
        : throw new JsonException($"address takes an IP address; {value.GetRawText()} is not one");

    static Uri Url(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && Uri.TryCreate(value.GetString(), UriKind.Absolute, out var url) && url.Scheme is ("http" or "https")
            ? url
            : throw new JsonException($"http takes a URL that begins with http:// or https://; {value.GetRawText()} is not one");
}
