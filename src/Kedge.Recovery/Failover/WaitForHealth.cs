using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Kedge.Plans;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Failover;

/// <summary>
/// ACTIVE says that the machine runs; whether what runs on it works, only it can say. Asked from where kedge runs: by a connection to a port,
/// or by an HTTP answer of 200 to 399.
/// </summary>
/// <param name="TcpPort">For a connection; null: HTTP.</param>
/// <param name="Address">Where to connect; null: the floating IP, else the first fixed IP.</param>
/// <param name="Url">For HTTP; null: a connection.</param>
/// <param name="FirstAddress">The server's first fixed IP.</param>
/// <param name="FloatingIpStep">The step that gives it a floating IP; null: it has none.</param>
public sealed record WaitForHealth(string Site, string ServerName, int? TcpPort, string? Address, Uri? Url, string? FirstAddress, string? FloatingIpStep) : RecoveryStep
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(5);

    public override string Title => Url is null
        ? string.Create(CultureInfo.InvariantCulture, $"Wait until {ServerName} answers on port {TcpPort}")
        : $"Wait until {ServerName} answers at {Url}";

    public override IEnumerable<string> Lanes => [];

    public override TimeSpan Expected => TimeSpan.FromSeconds(20);

    public override TimeSpan Deadline => TimeSpan.FromMinutes(15);

    internal static WaitForHealth Of(string site, string serverName, HealthCheck check, string? firstAddress, string? floatingIpStep) => check switch
    {
        HealthCheck.Tcp tcp => new(site, serverName, tcp.Port, tcp.Address, null, firstAddress, floatingIpStep),
        HealthCheck.Http http => new(site, serverName, null, null, http.Url, firstAddress, floatingIpStep),
        _ => throw new System.Diagnostics.UnreachableException($"{check} is no health check."),
    };

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(LongestCall);
        try
        {
            return Url is null ? await ConnectAsync(run, patience.Token) : await GetAsync(Url, patience.Token);
        }
        catch (Exception e) when (e is SocketException or HttpRequestException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            // Refused, unreachable or silent: what a server does while it starts.
            return new StepOutcome.NotYet($"{ServerName} to answer", Look);
        }
    }

    async Task<StepOutcome> ConnectAsync(StepRun run, CancellationToken cancel)
    {
        var floating = FloatingIpStep is null ? null : Made.ResultOf(run, FloatingIpStep).Address;
        if ((Address ?? floating ?? FirstAddress) is not { } address)
            return new StepOutcome.Stop($"Server {ServerName} has no address to ask for its health.", "Name one in the workload's health check, or leave the check out.");
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        if (IPAddress.TryParse(address, out var ip))
            await socket.ConnectAsync(new IPEndPoint(ip, TcpPort!.Value), cancel);
        else
            await socket.ConnectAsync(new DnsEndPoint(address, TcpPort!.Value), cancel);
        return new StepOutcome.Done(string.Create(CultureInfo.InvariantCulture, $"{ServerName} answers at {address} port {TcpPort}"));
    }

    async Task<StepOutcome> GetAsync(Uri url, CancellationToken cancel)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancel);
        var status = (int)answer.StatusCode;
        return status is >= 200 and < 400
            ? new StepOutcome.Done(string.Create(CultureInfo.InvariantCulture, $"{ServerName} answers {status} at {url}"))
            : new StepOutcome.NotYet(string.Create(CultureInfo.InvariantCulture, $"{ServerName} to be well; it answers {status}"), Look);
    }
}
