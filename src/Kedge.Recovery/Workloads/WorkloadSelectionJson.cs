using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Workloads;

/// <summary>
/// A selection as a person writes it: one key that says how, and what. <c>{tag: web}</c>, <c>{metadata: {tier: web}}</c>,
/// <c>{servers: [id, id]}</c>, <c>{stack: id}</c>, <c>{project: whole}</c>. docs/formats/workload.md
/// </summary>
sealed class WorkloadSelectionJson : JsonConverter<WorkloadSelection>
{
    const string Known = "one of servers, tag, metadata, stack, project";

    public override WorkloadSelection Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object || document.RootElement.EnumerateObject().ToList() is not [var only])
            throw new JsonException($"a selection has exactly {Known}, such as 'tag: web'");
        return only.Name switch
        {
            "servers" => new WorkloadSelection.ByServers(Servers(only.Value)),
            "tag" => new WorkloadSelection.ByTag(Text(only)),
            "metadata" => Metadata(only.Value),
            "stack" => new WorkloadSelection.ByStack(new SourceId(Text(only))),
            "project" => only.Value.ValueKind == JsonValueKind.String && only.Value.GetString() == "whole"
                ? new WorkloadSelection.WholeProject()
                : throw new JsonException("project takes the one word 'whole': the site's credential says which project"),
            var other => throw new JsonException($"'{other}' is not a way to select: {Known}"),
        };
    }

    public override void Write(Utf8JsonWriter writer, WorkloadSelection value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        switch (value)
        {
            case WorkloadSelection.ByServers servers:
                writer.WriteStartArray("servers");
                foreach (var server in servers.Servers)
                    writer.WriteStringValue(server.Value);
                writer.WriteEndArray();
                break;
            case WorkloadSelection.ByTag tag:
                writer.WriteString("tag", tag.Tag);
                break;
            case WorkloadSelection.ByMetadata metadata:
                writer.WriteStartObject("metadata");
                writer.WriteString(metadata.Key, metadata.Value);
                writer.WriteEndObject();
                break;
            case WorkloadSelection.ByStack stack:
                writer.WriteString("stack", stack.Stack.Value);
                break;
            default:
                writer.WriteString("project", "whole");
                break;
        }
        writer.WriteEndObject();
    }

    static ImmutableArray<SourceId> Servers(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
            throw new JsonException("servers takes a list of server ids");
        return [.. value.EnumerateArray().Select(id => id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 } text
            ? new SourceId(text)
            : throw new JsonException($"servers takes a list of server ids; {id.GetRawText()} is not one"))];
    }

    static WorkloadSelection.ByMetadata Metadata(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.EnumerateObject().ToList() is [{ Value.ValueKind: JsonValueKind.String } only]
            ? new WorkloadSelection.ByMetadata(only.Name, only.Value.GetString()!)
            : throw new JsonException("metadata takes one key with its value as text, such as 'tier: web' (numbers and booleans in quotes)");

    static string Text(JsonProperty property) =>
        property.Value.ValueKind == JsonValueKind.String && property.Value.GetString() is { Length: > 0 } text
            ? text
            : throw new JsonException($"{property.Name} takes a text (numbers and booleans in quotes)");
}
