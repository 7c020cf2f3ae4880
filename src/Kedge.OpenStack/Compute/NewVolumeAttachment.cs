using Kedge.OpenStack.BlockStorage;

namespace Kedge.OpenStack.Compute;

/// <summary>A volume to be attached to a server.</summary>
/// <param name="Volume">The volume.</param>
/// <param name="Tag">Device tag for the guest (2.49); null for none.</param>
/// <param name="Lifetime">Whether it outlives the server.</param>
public sealed record NewVolumeAttachment(VolumeId Volume, string? Tag = null, VolumeLifetime Lifetime = VolumeLifetime.OutlivesServer);

/// <summary>What becomes of a volume when its server is deleted.</summary>
public enum VolumeLifetime
{
    /// <summary>It stays.</summary>
    OutlivesServer,

    /// <summary>It is deleted (2.79).</summary>
    DiesWithServer,
}
