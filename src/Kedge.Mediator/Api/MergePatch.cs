using System.Text.Json.Nodes;

namespace Kedge.Mediator.Api;

/// <summary>RFC 7396: fields that are named are set, null takes one away, objects are merged.</summary>
static class MergePatch
{
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        var merged = (JsonObject)target.DeepClone();
        foreach (var (name, value) in patch)
        {
            if (value is null)
                merged.Remove(name);
            else if (value is JsonObject inner)
                merged[name] = Apply(merged[name] as JsonObject ?? [], inner);
            else
                merged[name] = value.DeepClone();
        }
        return merged;
    }
}
