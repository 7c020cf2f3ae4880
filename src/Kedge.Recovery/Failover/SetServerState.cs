using Kedge.OpenStack.Compute;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>Every server was started to be rebuilt; one that was off, paused, suspended or shelved is left so. The lock comes last: it forbids all else.</summary>
public sealed record SetServerState(string Site, SourceId Server, string ServerName, ServerPower Power, bool IsLocked, string? LockedReason, Counterparts Targets) : RecoveryStep
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public override string Title => (Power, IsLocked) switch
    {
        (ServerPower.Active, _) => $"Lock server {ServerName}",
        (_, false) => $"Leave server {ServerName} {Word}",
        _ => $"Leave server {ServerName} {Word}, and lock it",
    };

    public override IEnumerable<string> Lanes => [Steps.Lanes.Compute(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public override TimeSpan Expected => TimeSpan.FromSeconds(5);

    string Word => Power.ToString().ToLowerInvariant();

    public static bool IsNeeded(ServerBlueprint server) => server.Power is not ServerPower.Active || server.IsLocked;

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var nova = sites[Site].Tenant.Compute;
        var server = await nova.GetServerAsync(new ServerId(Targets.IdIn(run, Server)), cancel);
        if (server.Status is ServerStatus.Error)
            return new StepOutcome.Stop($"Server {ServerName} ({server.Id}) is in ERROR at {Site}: {server.Fault?.Message}", "See the log of nova-compute there; resume when the server is up.");
        if (!IsAsWanted(server.Status))
        {
            if (server.Status is ServerStatus.Active && server.TaskState is null)
                await PushAsync(nova, server.Id, cancel);
            return new StepOutcome.NotYet($"server {ServerName} to be {Word}", Look);
        }
        if (IsLocked && !server.Locked)
            await nova.LockServerAsync(server.Id, string.IsNullOrEmpty(LockedReason) ? null : LockedReason, cancel);
        return new StepOutcome.Done($"server {ServerName} is {Word}{(IsLocked ? " and locked" : "")}");
    }

    bool IsAsWanted(ServerStatus status) => Power switch
    {
        ServerPower.Stopped => status is ServerStatus.Shutoff,
        ServerPower.Paused => status is ServerStatus.Paused,
        ServerPower.Suspended => status is ServerStatus.Suspended,
        ServerPower.Shelved => status is ServerStatus.Shelved or ServerStatus.ShelvedOffloaded,
        _ => true,
    };

    Task PushAsync(ComputeClient nova, ServerId server, CancellationToken cancel) => Power switch
    {
        ServerPower.Stopped => nova.StopServerAsync(server, cancel),
        ServerPower.Paused => nova.PauseServerAsync(server, cancel),
        ServerPower.Suspended => nova.SuspendServerAsync(server, cancel),
        ServerPower.Shelved => nova.ShelveServerAsync(server, cancel),
        _ => Task.CompletedTask,
    };
}
