using Kedge.OpenStack.Compute;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Capture;

/// <summary>
/// What each of Nova's states is captured as. States in which nobody could say what the server is (half built, half resized) are refused:
/// they pass. The table stands in docs/formats/blueprint.md.
/// </summary>
static class ServerStates
{
    /// <summary>The state that the server is to be left in at the target.</summary>
    /// <exception cref="CaptureException">In this state the server cannot be captured; the message says what to do.</exception>
    public static ServerPower PowerOf(Server server, Unreadables unreadable) => server.Status switch
    {
        _ when server.IsPartial => throw Refused(server, "lies in a cell whose database does not answer", "capture again when the cell is back", mayPass: true),
        _ when server.TaskState is "deleting" or "soft-deleting" => throw Refused(server, "is being deleted", "capture again when it is gone", mayPass: true),
        ServerStatus.Active or ServerStatus.Reboot or ServerStatus.HardReboot or ServerStatus.Password or ServerStatus.Migrating => ServerPower.Active,
        ServerStatus.Shutoff => ServerPower.Stopped,
        ServerStatus.Paused => ServerPower.Paused,
        ServerStatus.Suspended => ServerPower.Suspended,
        ServerStatus.Shelved or ServerStatus.ShelvedOffloaded => ServerPower.Shelved,
        ServerStatus.Rescue => Assumed(server, ServerPower.Active, unreadable, "it is in rescue mode, and Nova does not tell what it was before: active is assumed"),
        ServerStatus.VerifyResize => server.PowerState == PowerState.Shutdown ? ServerPower.Stopped : ServerPower.Active,
        ServerStatus.Error when server.LaunchedAt is not null => Assumed(server, AfterError(server), unreadable, "it is in error: taken from what the hypervisor said last"),
        ServerStatus.Error => throw Refused(server, "is in error and was never up", "delete it, or take it out of the workload"),
        ServerStatus.Build => throw Refused(server, "is still being built", "capture again when it is up", mayPass: true),
        ServerStatus.Rebuild => throw Refused(server, "is being rebuilt", "capture again when it is up", mayPass: true),
        ServerStatus.Resize or ServerStatus.RevertResize => throw Refused(server, "is being resized", "capture again when that has ended", mayPass: true),
        ServerStatus.Unknown => throw Refused(server, "is UNKNOWN to Nova", "capture again when its cell is back", mayPass: true),
        ServerStatus.Deleted or ServerStatus.SoftDeleted => throw Refused(server, "was deleted", "take it out of the workload", mayPass: true),
        _ => throw Refused(server, "is in a state that this program does not know", "use a newer kedge, or take it out of the workload"),
    };

    /// <summary>A crashed or lost guest was running before.</summary>
    static ServerPower AfterError(Server server) => server.PowerState switch
    {
        PowerState.Shutdown => ServerPower.Stopped,
        PowerState.Paused => ServerPower.Paused,
        PowerState.Suspended => ServerPower.Suspended,
        _ => ServerPower.Active,
    };

    static ServerPower Assumed(Server server, ServerPower power, Unreadables unreadable, string why)
    {
        unreadable.Add("server", server.Id.Value, "power", why);
        return power;
    }

    static CaptureException Refused(Server server, string what, string fix, bool mayPass = false) =>
        new($"Server {server.Name} ({server.Id}) {what}: {fix}.", mayPass);
}
