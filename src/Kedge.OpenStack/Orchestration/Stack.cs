using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Wire;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Orchestration;

/// <summary>A Heat stack. <c>https://docs.openstack.org/api-ref/orchestration/v1/#stacks</c></summary>
public sealed record Stack
{
    /// <summary>Id.</summary>
    public StackId Id { get; init; }

    /// <summary>Name, unique among the living stacks of a project.</summary>
    [JsonPropertyName("stack_name")]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Such as <c>CREATE_COMPLETE</c>.</summary>
    [JsonPropertyName("stack_status")]
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary>Why.</summary>
    [JsonPropertyName("stack_status_reason")]
    public string? StatusReason { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Stack that it is nested in.</summary>
    public StackId? Parent { get; init; }

    /// <summary>User name of the owner.</summary>
    [JsonPropertyName("stack_owner")]
    public string? Owner { get; init; }

    /// <summary>Owner project.</summary>
    [JsonPropertyName("project")]
    public ProjectId? ProjectId { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init => field = value ?? []; } = [];

    /// <summary>Parameters with their values; told when one stack is read. Hidden ones are masked.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }

    /// <summary>Outputs; told when one stack is read.</summary>
    public JsonElement? Outputs { get; init; }

    /// <summary>How long an action may take, minutes.</summary>
    [JsonPropertyName("timeout_mins")]
    public int? TimeoutMinutes { get; init; }

    /// <summary>Whether a failed creation stays for a look.</summary>
    [JsonPropertyName("disable_rollback")]
    public bool? IsRollbackDisabled { get; init; }

    /// <summary>When it was created.</summary>
    [JsonPropertyName("creation_time")]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it changed last.</summary>
    [JsonPropertyName("updated_time")]
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Whether its last action ended well.</summary>
    [JsonIgnore]
    public bool IsComplete => Status.EndsWith("_COMPLETE", StringComparison.Ordinal);
}

/// <summary>A resource of a stack. <c>https://docs.openstack.org/api-ref/orchestration/v1/#stack-resources</c></summary>
public sealed record StackResource
{
    /// <summary>Name within its stack.</summary>
    [JsonPropertyName("resource_name")]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Such as <c>OS::Nova::Server</c>.</summary>
    [JsonPropertyName("resource_type")]
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>Id of what it made; empty when nothing.</summary>
    [JsonPropertyName("physical_resource_id")]
    public string PhysicalId { get; init => field = value ?? ""; } = "";

    /// <summary>Such as <c>CREATE_COMPLETE</c>.</summary>
    [JsonPropertyName("resource_status")]
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary>Why.</summary>
    [JsonPropertyName("resource_status_reason")]
    public string? StatusReason { get; init; }

    /// <summary>Resources that wait for it.</summary>
    public IReadOnlyList<string> RequiredBy { get; init => field = value ?? []; } = [];

    /// <summary>Resource of the outer stack that this nested stack stands for.</summary>
    public string? ParentResource { get; init; }

    /// <summary>When it changed last.</summary>
    [JsonPropertyName("updated_time")]
    public DateTimeOffset? UpdatedAt { get; init; }
}
