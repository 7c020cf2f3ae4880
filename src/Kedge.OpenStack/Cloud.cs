using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Http;
using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Network;
using Kedge.OpenStack.Orchestration;

namespace Kedge.OpenStack;

/// <summary>
/// A connection to one cloud as one project. Made without a call; the first call, or <see cref="AuthenticateAsync"/>, fetches a token,
/// which is renewed before it expires. Safe for use from many tasks at once.
/// </summary>
public sealed class Cloud : IAsyncDisposable
{
    Cloud(CloudSettings settings)
    {
        Name = settings.Name;
        Compute = new(new(ServiceKind.Compute));
        Network = new(new(ServiceKind.Network));
        BlockStorage = new(new(ServiceKind.BlockStorage));
        Images = new(new(ServiceKind.Images));
        Orchestration = new(new(ServiceKind.Orchestration));
        Identity = new(new(ServiceKind.Identity));
    }

    /// <summary>Prepares a connection.</summary>
    /// <param name="settings">Where and as whom.</param>
    /// <param name="transport">What carries the requests; null for real connections. One that is given is not disposed.</param>
    /// <param name="clock">For deadlines, waits and the expiry of tokens.</param>
    /// <exception cref="SettingsException">The certificates cannot be read.</exception>
    public static Cloud Connect(CloudSettings settings, HttpMessageHandler? transport, TimeProvider clock) => throw new NotImplementedException();

    /// <summary>Raised once for every attempt that was answered or failed, on the task that made it. Must be quick and not throw.</summary>
    public event Action<CallRecord>? Called;

    /// <summary>Name, as in clouds.yaml.</summary>
    public string Name { get; }

    /// <summary>Nova.</summary>
    public ComputeClient Compute { get; }

    /// <summary>Neutron.</summary>
    public NetworkClient Network { get; }

    /// <summary>Cinder.</summary>
    public BlockStorageClient BlockStorage { get; }

    /// <summary>Glance.</summary>
    public ImagesClient Images { get; }

    /// <summary>Heat.</summary>
    public OrchestrationClient Orchestration { get; }

    /// <summary>Keystone.</summary>
    public IdentityClient Identity { get; }

    /// <summary>Region, as in the settings; null for the first of the catalog.</summary>
    public string? RegionName => throw new NotImplementedException();

    /// <summary>Project of the token.</summary>
    /// <exception cref="InvalidOperationException">Before the first call, or with a token that is for no project.</exception>
    public ProjectId ProjectId => throw new NotImplementedException();

    /// <summary>User of the token.</summary>
    /// <exception cref="InvalidOperationException">Before the first call.</exception>
    public UserId UserId => throw new NotImplementedException();

    /// <summary>Names of the roles of the token.</summary>
    /// <exception cref="InvalidOperationException">Before the first call.</exception>
    public IReadOnlyList<string> Roles => throw new NotImplementedException();

    /// <summary>Fetches a token unless there is a good one.</summary>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What the token says.</returns>
    /// <exception cref="OpenStackException">Refused, unreachable or untrusted.</exception>
    public Task<TokenDetails> AuthenticateAsync(CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>The same user in another project, over the same transport. Whether the user may is seen at the first call.</summary>
    /// <param name="project">The other project.</param>
    /// <exception cref="InvalidOperationException">The credential is an application credential: it is bound to its project.</exception>
    public Cloud ForProject(ProjectId project) => throw new NotImplementedException();

    /// <summary>Records the calls that the code from here on makes, on this and other clouds, until the log is disposed.</summary>
    public static CallLog Record() => new();

    internal void Raise(CallRecord call)
    {
        CallLog.Add(call);
        Called?.Invoke(call);
    }

    /// <summary>Ends the connections.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
