using System.Net.Sockets;
using Kedge.Sandbox.Cloud;
using Kedge.Sandbox.Faults;
using Kedge.Sandbox.Front;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox;

/// <summary>
/// An OpenStack-compatible cloud in one process. It answers on a socket (<see cref="ListenAsync"/>) and in memory
/// (<see cref="CreateHandler"/>), both through <see cref="HandleAsync"/>, so that both behave alike.
/// </summary>
public sealed class SandboxCloud : IAsyncDisposable
{
    readonly Lock gate = new();
    readonly CloudState state;
    readonly CallLog log;
    readonly Dispatcher dispatcher;
    volatile bool isAlive = true;
    SocketFront? socket;
    Nbd.NbdFront? disks;
    Uri? listenedAt;

    SandboxCloud(SandboxSettings settings, TimeProvider clock)
    {
        Settings = settings;
        state = new CloudState(settings, clock, Faults);
        log = new CallLog(state.Ids, clock);
        dispatcher = new Dispatcher(state, log, gate, clock);
        World = new SandboxWorld(state, gate);
    }

    public SandboxSettings Settings { get; }

    /// <summary>What goes wrong; nothing at first.</summary>
    public SandboxFaults Faults { get; } = new();

    /// <summary>Looks behind the API: bytes of disks, and lists of everything.</summary>
    public SandboxWorld World { get; }

    /// <summary>Calls so far, refused and lost ones included.</summary>
    public long CallCount => log.Count;

    /// <summary>The newest 200,000 calls, oldest first.</summary>
    public IReadOnlyList<SandboxCall> Calls => log.Newest();

    /// <summary>Keystone: on the socket once it listens, before that under the in-memory host name.</summary>
    public Uri AuthUrl => new(BaseUrl, "/identity/v3");

    /// <summary>Scheme and authority of every endpoint.</summary>
    public Uri BaseUrl => listenedAt ?? new Uri($"http://{Settings.Name}.sandbox");

    /// <summary>A new cloud with users <c>admin</c>, <c>demo</c> and <c>other</c>, flavors, an image, and an external network.</summary>
    /// <param name="settings">Checked here; a wrong one throws <see cref="ArgumentException"/>.</param>
    /// <param name="clock">The only time this cloud knows.</param>
    public static SandboxCloud Create(SandboxSettings settings, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Hosts, 1);
        if (settings.VolumeTypes.Count == 0)
            throw new ArgumentException("A cloud needs at least one volume type.", nameof(settings));
        return new SandboxCloud(settings, clock);
    }

    /// <summary>A handler for an <see cref="HttpClient"/> that reaches this cloud without a socket, under whatever host name.</summary>
    public HttpMessageHandler CreateHandler() => new InMemoryFront(this);

    /// <summary>Answers one request, as if it had come by a socket.</summary>
    /// <exception cref="HttpRequestException">The cloud is dead, or a fault lost the request or its answer.</exception>
    /// <exception cref="PowerLost">A crash sweep cut the caller's power.</exception>
    public Task<SandboxResponse> HandleAsync(SandboxRequest request, CancellationToken cancel)
    {
        if (!isAlive)
            throw Dispatcher.Broken($"Connection refused ({request.Url.Authority})", SocketError.ConnectionRefused);
        return dispatcher.AnswerAsync(request, () => isAlive, cancel);
    }

    internal Task<SandboxResponse> HandleBackstageAsync(SandboxRequest request, CancellationToken cancel) =>
        dispatcher.AnswerBackstageAsync(request, cancel);

    /// <summary>The volume that an attachment connects a host to. What <see cref="ListenAsync(CancellationToken)"/> serves by NBD, without a socket.</summary>
    /// <param name="attachment">Id of an attachment that has a connector.</param>
    /// <exception cref="IOException">There is none, or the cloud is dead.</exception>
    public BlockStorage.AttachedDisk OpenAttached(string attachment) => new(state, gate, () => isAlive, attachment);

    /// <summary>Opens a loopback port that the system chooses.</summary>
    /// <returns>Scheme and authority.</returns>
    public Task<Uri> ListenAsync(CancellationToken cancel) => ListenAsync(0, cancel);

    /// <summary>Opens a loopback port.</summary>
    public async Task<Uri> ListenAsync(int port, CancellationToken cancel)
    {
        if (socket is not null)
            throw new InvalidOperationException($"{Settings.Name} listens already, at {BaseUrl}.");
        socket = await SocketFront.ListenAsync(this, port, cancel);
        listenedAt = socket.Address;
        ServeDisks(0);
        return listenedAt;
    }

    /// <summary>The whole site dies: calls under way break, later ones are refused. What was stored stays stored.</summary>
    public async Task KillAsync()
    {
        isAlive = false;
        if (socket is not null)
            await socket.DisposeAsync();
        if (disks is not null)
            await disks.DisposeAsync();
        (socket, disks) = (null, null);
    }

    /// <summary>The site comes back as it was, on the same port if it had one.</summary>
    public async Task ReviveAsync(CancellationToken cancel)
    {
        if (listenedAt is not null && socket is null)
        {
            socket = await SocketFront.ListenAsync(this, listenedAt.Port, cancel);
            ServeDisks(state.NbdPort);
        }
        isAlive = true;
    }

    void ServeDisks(int port)
    {
        disks = Nbd.NbdFront.Listen(OpenAttached, port);
        lock (gate)
            state.NbdPort = disks.Port;
    }

    /// <summary>Closes the ports.</summary>
    public async ValueTask DisposeAsync() => await KillAsync();
}
