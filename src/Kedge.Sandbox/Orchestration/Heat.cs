using System.Text.Json.Nodes;
using Kedge.Sandbox.Cloud;

namespace Kedge.Sandbox.Orchestration;

/// <param name="LogicalName">Name within the template.</param>
/// <param name="Type">Such as OS::Nova::Server.</param>
/// <param name="PhysicalId">Id of the real resource.</param>
sealed record StackResource(string LogicalName, string Type, string PhysicalId);

sealed record Stack(string Id, string Name, string ProjectId, DateTimeOffset CreatedAt, IReadOnlyList<StackResource> Resources,
    JsonObject Template);

/// <summary>Stacks; they are made by the sandbox, not by templates.</summary>
sealed class Heat
{
    public Table<Stack> Stacks { get; } = new(s => s.Id);
}
