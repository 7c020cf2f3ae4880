using System.Text.Json;
using Kedge.OpenStack.Http;
using Kedge.OpenStack.Identity;

namespace Kedge.OpenStack.Orchestration;

/// <summary>Heat. Every method throws <see cref="OpenStackException"/> when the call fails. <c>https://docs.openstack.org/api-ref/orchestration/v1/</c></summary>
public sealed class OrchestrationClient
{
    readonly Endpoint heat;

    internal OrchestrationClient(Endpoint heat) => this.heat = heat;

    /// <summary>The project's stacks, without nested ones.</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<Stack> ListStacksAsync(CancellationToken cancel) => heat.ListAsync(Request.List($"stacks"), "stacks", OrchestrationJson.Default.Stack, cancel);

    /// <summary>A stack. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="nameOrId">Its name, which is unique among living stacks, or its id.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Stack> GetStackAsync(string nameOrId, CancellationToken cancel) => await FindStackAsync(nameOrId, cancel) ?? throw heat.NotFound($"stack '{nameOrId}'");

    /// <summary>A stack; null when there is none.</summary>
    /// <param name="nameOrId">Its name, which is unique among living stacks, or its id.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Stack?> FindStackAsync(string nameOrId, CancellationToken cancel)
    {
        // Asked for by name or id alone, Heat answers with a redirect to an address of its own; a filtered list does not depend on that address.
        foreach (var field in (string[])["name", "id"])
        {
            var request = Request.List($"stacks").Where(new Query { [field] = nameOrId });
            await foreach (var stack in heat.ListAsync(request, "stacks", OrchestrationJson.Default.Stack, cancel))
            {
                if (stack.Name == nameOrId || stack.Id.Value == nameOrId)
                    return await heat.FindAsync(Request.Get($"stacks/{stack.Name}/{stack.Id}"), "stack", OrchestrationJson.Default.Stack, cancel);
            }
        }

        return null;
    }

    /// <summary>The resources of a stack and of the stacks nested in it.</summary>
    /// <param name="stack">Which, as it was read.</param>
    /// <param name="nestedDepth">How many levels of nested stacks to look into.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<StackResource> ListResourcesAsync(Stack stack, int nestedDepth, CancellationToken cancel) => heat.ListAsync(
        Request.Get($"stacks/{stack.Name}/{stack.Id}/resources").Where(new Query { ["nested_depth"] = nestedDepth.ToString(System.Globalization.CultureInfo.InvariantCulture) }),
        "resources",
        OrchestrationJson.Default.StackResource,
        cancel);

    /// <summary>The template of a stack.</summary>
    /// <param name="stack">Which, as it was read.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<JsonElement> GetTemplateAsync(Stack stack, CancellationToken cancel) => heat.ReadJsonAsync(Request.Get($"stacks/{stack.Name}/{stack.Id}/template"), cancel);

    /// <summary>The environment of a stack.</summary>
    /// <param name="stack">Which, as it was read.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<JsonElement> GetEnvironmentAsync(Stack stack, CancellationToken cancel) => heat.ReadJsonAsync(Request.Get($"stacks/{stack.Name}/{stack.Id}/environment"), cancel);
}
