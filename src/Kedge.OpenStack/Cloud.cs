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
    readonly Connection connection;
    readonly bool ownsConnection;
    readonly Session session;
    readonly Endpoint[] endpoints;

    Cloud(Connection connection, CloudScope scope, bool ownsConnection)
    {
        this.connection = connection;
        this.ownsConnection = ownsConnection;
        session = new(connection, scope, Raise);
        endpoints = [.. new[] { ServiceKind.Compute, ServiceKind.Network, ServiceKind.BlockStorage, ServiceKind.Images, ServiceKind.Orchestration }
            .Select(kind => new Endpoint(kind, connection, session))];
        Compute = new(endpoints[0]);
        Network = new(endpoints[1]);
        BlockStorage = new(endpoints[2]);
        Images = new(endpoints[3]);
        Orchestration = new(endpoints[4]);
        Identity = new(session);
    }

    /// <summary>Prepares a connection.</summary>
    /// <param name="settings">Where and as whom.</param>
    /// <param name="transport">What carries the requests; null for real connections. One that is given is not disposed.</param>
    /// <param name="clock">For deadlines, waits and the expiry of tokens.</param>
    /// <exception cref="SettingsException">The certificates cannot be read.</exception>
    public static Cloud Connect(CloudSettings settings, HttpMessageHandler? transport, TimeProvider clock) =>
        new(new(settings, transport ?? Transport.For(settings), clock, ownsTransport: transport is null), settings.Scope, ownsConnection: true);

    /// <summary>Raised once for every attempt that was answered or failed, on the task that made it. Must be quick and not throw.</summary>
    public event Action<CallRecord>? Called;

    /// <summary>Name, as in clouds.yaml.</summary>
    public string Name => connection.Settings.Name;

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
    public string? RegionName => connection.Settings.RegionName;

    /// <summary>Project of the token.</summary>
    /// <exception cref="InvalidOperationException">Before the first call, or with a token that is for no project.</exception>
    public ProjectId ProjectId => Token.Project?.Id ?? throw new InvalidOperationException($"The token of cloud '{Name}' is for no project.");

    /// <summary>User of the token.</summary>
    /// <exception cref="InvalidOperationException">Before the first call.</exception>
    public UserId UserId => Token.User.Id;

    /// <summary>Names of the roles of the token.</summary>
    /// <exception cref="InvalidOperationException">Before the first call.</exception>
    public IReadOnlyList<string> Roles => [.. Token.Roles.Select(role => role.Name)];

    TokenDetails Token => session.Current?.Details ?? throw new InvalidOperationException($"Cloud '{Name}' has no token yet: call AuthenticateAsync first.");

    /// <summary>Fetches a token unless there is a good one.</summary>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What the token says.</returns>
    /// <exception cref="OpenStackException">Refused, unreachable or untrusted.</exception>
    public async Task<TokenDetails> AuthenticateAsync(CancellationToken cancel) => (await session.TokenAsync(cancel)).Details;

    /// <summary>
    /// The same user in another project, over the same transport and slots. Whether the user may is seen at the first call. It reports to
    /// its own <see cref="Called"/>, and ends with this one.
    /// </summary>
    /// <param name="project">The other project.</param>
    /// <exception cref="InvalidOperationException">The credential is an application credential: it is bound to its project.</exception>
    public Cloud ForProject(ProjectId project) => connection.Settings.Credential is Credential.Application
        ? throw new InvalidOperationException($"The application credential of cloud '{Name}' is bound to its project; another needs a password.")
        : new(connection, new CloudScope.Project(project, null, null, null), ownsConnection: false);

    /// <summary>Records the calls that the code from here on makes, on this and other clouds, until the log is disposed.</summary>
    public static CallLog Record() => new();

    /// <summary>Ends the connections.</summary>
    public ValueTask DisposeAsync()
    {
        foreach (var endpoint in endpoints.Append(session.Keystone))
            endpoint.Dispose();
        session.Dispose();
        if (ownsConnection)
            connection.Dispose();
        return ValueTask.CompletedTask;
    }

    void Raise(CallRecord call)
    {
        CallLog.Add(call);
        Called?.Invoke(call);
    }
}
