using Kedge.Availability.Pacemaker;
using Kedge.Availability.Watch;

namespace Kedge.Availability.Tests.Watch;

/// <summary>Pacemaker's tools of one node at the wire: what the agent says, what the controller knows, and what it was told.</summary>
sealed class Node : IClusterCommands
{
    readonly Lock gate = new();

    public static Watched Api { get; } = new("p_nova_api", "p_nova_api", "/run/resource-agents/nova-api-p_nova_api.pid", null, new Uri("http://127.0.0.1:8774/"));

    public int AgentCode { get; set; } = 7;

    public int AgentExecution { get; init; }

    public string Cib { get; init; } = WatchListTests.Running().ToString();

    /// <summary>Its tools hang until they are killed.</summary>
    public bool Hangs { get; init; }

    public List<string> Asked { get; } = [];

    public List<string> Told { get; } = [];

    public async Task<CommandAnswer> RunAsync(IReadOnlyList<string> command, string? input, TimeSpan limit, CancellationToken cancel)
    {
        await Task.Yield();
        if (Hangs)
            throw new ClusterException(ClusterFault.TimedOut, $"'{command[0]}' was killed.");
        lock (gate)
        {
            switch (command)
            {
                case ["crm_resource", "--fail", ..]:
                    Told.Add(string.Join(' ', command));
                    return new(0, "", "");
                case ["crm_resource", var check, ..] when check.StartsWith("--force-check", StringComparison.Ordinal):
                    Asked.Add(string.Join(' ', command));
                    return new(AgentCode, $"<pacemaker-result><resource-agent-action><agent-status code='{AgentCode}' message='as it is' execution_code='{AgentExecution}' execution_message='Timed Out'/></resource-agent-action></pacemaker-result>", "");
                case ["cibadmin", "--query", "--local"]:
                    return new(0, Cib, "");
                default:
                    return new(1, "", "not known here");
            }
        }
    }
}
