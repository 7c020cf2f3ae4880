namespace Kedge.Sandbox.Workloads;

/// <summary>Many plain servers in the project <c>demo</c>, each with a port and a data volume.</summary>
public sealed record ScaleWorkload
{
    /// <summary>Tag that all servers carry.</summary>
    public const string Tag = "scale";

    public required IReadOnlyList<string> ServerIds { get; init; }
    public required IReadOnlyList<string> VolumeIds { get; init; }
    public required string NetworkId { get; init; }

    /// <summary>Builds it through the cloud's own API, as the user <c>demo</c>, and waits by the cloud's clock until all is ACTIVE.</summary>
    public static Task<ScaleWorkload> BuildAsync(SandboxCloud cloud, int servers, CancellationToken cancel) =>
        throw new NotSupportedException($"{cloud} {servers} {cancel}");
}
