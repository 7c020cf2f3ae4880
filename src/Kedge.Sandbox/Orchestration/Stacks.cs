using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Orchestration;

/// <summary>/v1/{project}/stacks</summary>
static class Stacks
{
    public static SandboxResponse List(Call call)
    {
        var seen = call.Cloud.Heat.Stacks.NewestFirst()
            .Where(s => s.ProjectId == call.ProjectId || (call.IsAdmin && call.Query.Flag("global_tenant")))
            .Where(s => (call.Query.First("name") ?? s.Name) == s.Name && (call.Query.First("id") ?? s.Id) == s.Id);
        var page = Page.Cut(call, seen, s => s.Id);
        return SandboxResponse.Json(200, new JsonObject { ["stacks"] = page.Items.Select(s => Brief(call, s)).ToJson() });
    }

    public static SandboxResponse Show(Call call)
    {
        var stack = Get(call);
        var view = Brief(call, stack);
        view["parameters"] = new JsonObject { ["OS::stack_id"] = stack.Id, ["OS::stack_name"] = stack.Name };
        view["outputs"] = new JsonArray();
        view["capabilities"] = new JsonArray();
        view["notification_topics"] = new JsonArray();
        view["disable_rollback"] = true;
        view["timeout_mins"] = null;
        view["template_description"] = "";
        return SandboxResponse.Json(200, new JsonObject { ["stack"] = view });
    }

    public static SandboxResponse Delete(Call call)
    {
        call.Cloud.Heat.Stacks.Remove(Get(call));
        return SandboxResponse.Empty(204);
    }

    public static SandboxResponse Resources(Call call)
    {
        var stack = Get(call);
        return SandboxResponse.Json(200, new JsonObject { ["resources"] = stack.Resources.Select(r => View(call, stack, r)).ToJson() });
    }

    public static SandboxResponse Resource(Call call)
    {
        var stack = Get(call);
        var resource = stack.Resources.FirstOrDefault(r => r.LogicalName == call["resource"])
            ?? throw new ApiFault(404, $"The Resource ({call["resource"]}) could not be found in Stack {stack.Name}.", "EntityNotFound");
        return SandboxResponse.Json(200, new JsonObject { ["resource"] = View(call, stack, resource) });
    }

    public static SandboxResponse Template(Call call) => SandboxResponse.Json(200, Get(call).Template.DeepClone());

    public static SandboxResponse Environment(Call call)
    {
        Get(call);
        return SandboxResponse.Json(200, new JsonObject
        {
            ["parameters"] = new JsonObject(),
            ["parameter_defaults"] = new JsonObject(),
            ["resource_registry"] = new JsonObject { ["resources"] = new JsonObject() },
        });
    }

    /// <summary>By name or by id; with both, they must belong together.</summary>
    static Stack Get(Call call)
    {
        var asked = call["name"];
        var stack = call.Cloud.Heat.Stacks.FirstOrDefault(s => call.Owns(s.ProjectId) && (s.Name == asked || s.Id == asked));
        var fits = stack is not null && (!call.Parameters.TryGetValue("id", out var id) || stack.Id == id);
        return fits ? stack! : throw new ApiFault(404, $"The Stack ({asked}) could not be found.", "EntityNotFound");
    }

    static JsonObject Brief(Call call, Stack stack) => new()
    {
        ["id"] = stack.Id,
        ["stack_name"] = stack.Name,
        ["description"] = "",
        ["stack_status"] = "CREATE_COMPLETE",
        ["stack_status_reason"] = "Stack CREATE completed successfully",
        ["creation_time"] = Stamp.Seconds(stack.CreatedAt),
        ["updated_time"] = null,
        ["deletion_time"] = null,
        ["stack_owner"] = "demo",
        ["stack_user_project_id"] = stack.ProjectId,
        ["project"] = stack.ProjectId,
        ["parent"] = null,
        ["tags"] = null,
        ["links"] = new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = Href(call, stack) }),
    };

    static JsonObject View(Call call, Stack stack, StackResource resource) => new()
    {
        ["resource_name"] = resource.LogicalName,
        ["logical_resource_id"] = resource.LogicalName,
        ["physical_resource_id"] = resource.PhysicalId,
        ["resource_type"] = resource.Type,
        ["resource_status"] = "CREATE_COMPLETE",
        ["resource_status_reason"] = "state changed",
        ["required_by"] = new JsonArray(),
        ["creation_time"] = Stamp.Seconds(stack.CreatedAt),
        ["updated_time"] = Stamp.Seconds(stack.CreatedAt),
        ["links"] = new JsonArray(
            new JsonObject { ["rel"] = "self", ["href"] = $"{Href(call, stack)}/resources/{resource.LogicalName}" },
            new JsonObject { ["rel"] = "stack", ["href"] = Href(call, stack) }),
    };

    static string Href(Call call, Stack stack) => $"{call.Origin}/orchestration/v1/{stack.ProjectId}/stacks/{stack.Name}/{stack.Id}";
}
