using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Compute;

/// <summary>What Nova says a server is. <c>https://docs.openstack.org/api-guide/compute/server_concepts.html</c></summary>
[JsonConverter(typeof(StatusConverter<ServerStatus>))]
public enum ServerStatus
{
    /// <summary>A state that this library does not know.</summary>
    Unrecognized,

    /// <summary>Running.</summary>
    Active,

    /// <summary>Being built.</summary>
    Build,

    /// <summary>Deleted; seen in lists with <c>changes-since</c>.</summary>
    Deleted,

    /// <summary>Failed; <see cref="Server.Fault"/> says why.</summary>
    Error,

    /// <summary>Hard reboot under way.</summary>
    HardReboot,

    /// <summary>Being moved live.</summary>
    Migrating,

    /// <summary>Password being reset.</summary>
    Password,

    /// <summary>Paused in memory.</summary>
    Paused,

    /// <summary>Soft reboot under way.</summary>
    Reboot,

    /// <summary>Being rebuilt or evacuated.</summary>
    Rebuild,

    /// <summary>In rescue mode.</summary>
    Rescue,

    /// <summary>Being resized.</summary>
    Resize,

    /// <summary>A resize is being reverted.</summary>
    RevertResize,

    /// <summary>Shelved, still on its host.</summary>
    Shelved,

    /// <summary>Shelved and on no host.</summary>
    ShelvedOffloaded,

    /// <summary>Powered off.</summary>
    Shutoff,

    /// <summary>Soft-deleted.</summary>
    SoftDeleted,

    /// <summary>Suspended to disk.</summary>
    Suspended,

    /// <summary>Its cell is down: the record is partial (2.69).</summary>
    Unknown,

    /// <summary>Resized and waiting for the confirmation.</summary>
    VerifyResize,
}

/// <summary>What the hypervisor said last.</summary>
[JsonConverter(typeof(StatusConverter<PowerState>))]
public enum PowerState
{
    /// <summary>Not known.</summary>
    NoState = 0,

    /// <summary>Running.</summary>
    Running = 1,

    /// <summary>Paused.</summary>
    Paused = 3,

    /// <summary>Off.</summary>
    Shutdown = 4,

    /// <summary>Crashed.</summary>
    Crashed = 6,

    /// <summary>Suspended.</summary>
    Suspended = 7,
}
