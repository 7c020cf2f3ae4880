using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Contracts.Moving;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Moving;

/// <summary>
/// Connects a volume of Kedge's own to the movers of its site, through Cinder's attachments. An attachment carries no mark: one without a
/// server, on a volume that carries ours, is ours.
/// </summary>
static class HostAttachment
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Looks whether the volume is connected, connects it otherwise, and answers where movers find it.</summary>
    /// <param name="site">Has movers.</param>
    /// <param name="id">A volume of ours that no server uses.</param>
    /// <param name="named">For people.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The device, or what the step has to answer instead.</returns>
    public static async Task<(MoveDevice? Device, StepOutcome? Instead)> EnsureAsync(Site site, VolumeId id, string named, CancellationToken cancel)
    {
        var cinder = site.Tenant.BlockStorage;
        var volume = await cinder.GetVolumeAsync(id, cancel);
        var attachment = await cinder.ListAttachmentsAsync(id, cancel).FirstOrDefaultAsync(cancel);
        if (attachment?.Server is { Value.Length: > 0 } server)
            return (null, new StepOutcome.Stop(
                $"Volume {named} ({id}) at {site.Name} is in the hands of server {server}: no mover may touch it.", "Detach it from that server, which Kedge did not attach it to, then resume the run."));
        if (attachment is null && volume.Status is not VolumeStatus.Available)
            return (null, volume.Status is VolumeStatus.Error or VolumeStatus.ErrorDeleting or VolumeStatus.ErrorExtending
                ? new StepOutcome.Stop($"Volume {named} ({id}) at {site.Name} is {volume.Status}.", "See the log of cinder-volume there. Delete the volume, then abandon this run and begin another.")
                : new StepOutcome.NotYet($"volume {named} ({id}), which is {volume.Status}", Look));

        var connection = attachment switch
        {
            null => await cinder.CreateAttachmentAsync(id, null, Connector(site), cancel),
            { Status: "reserved" } => await cinder.UpdateAttachmentAsync(attachment.Id, Connector(site), cancel),
            _ => attachment,
        };
        if (DeviceOf(site, volume, connection.ConnectionInfo, out var kind) is not { } device)
        {
            await cinder.DeleteAttachmentAsync(connection.Id, cancel);
            return (null, new StepOutcome.Stop(
                $"The storage of volume {named} ({id}) at {site.Name} is reached by '{kind}', which movers do not speak: they take rbd, local and nbd, and of these rbd encrypted.",
                "Protect this volume by the method backup: kedge workload set … --method backup. Then abandon this run."));
        }
        if (volume.Status is not VolumeStatus.InUse)
            await cinder.CompleteAttachmentAsync(connection.Id, cancel);
        return (device, null);
    }

    /// <summary>Ends every connection of a host to a volume of ours; true when nothing holds it any more.</summary>
    public static async Task<bool> ReleaseAsync(BlockStorageClient cinder, VolumeId id, CancellationToken cancel)
    {
        var held = false;
        await foreach (var attachment in cinder.ListAttachmentsAsync(id, cancel))
        {
            if (attachment.Server is { Value.Length: > 0 })
                held = true;
            else
                await cinder.DeleteAttachmentAsync(attachment.Id, cancel);
        }
        return !held && await cinder.FindVolumeAsync(id, cancel) is null or { Status: not (VolumeStatus.InUse or VolumeStatus.Attaching or VolumeStatus.Reserved or VolumeStatus.Detaching) };
    }

    /// <summary>Cinder tells no key where all volumes have the one of its configuration file (ConfKeyManager), whose id is all zeros.</summary>
    public static string KeyOf(Volume volume) => volume.EncryptionKeyId ?? "00000000-0000-0000-0000-000000000000";

    /// <summary>Nothing of it is a way in: RBD looks at none of it, others at the address.</summary>
    static JsonObject Connector(Site site) => new()
    {
        ["host"] = site.Movers!.Host,
        ["platform"] = "x86_64",
        ["os_type"] = "linux",
        ["multipath"] = false,
    };

    /// <summary>Cinder's connection as a mover's device. What it holds of users and secrets is left out: a mover has its own.</summary>
    static MoveDevice? DeviceOf(Site site, Volume volume, JsonElement? connection, out string kind)
    {
        kind = "nothing";
        if (connection is not { ValueKind: JsonValueKind.Object } info)
            return null;
        kind = Text(info, "driver_volume_type") ?? kind;
        var isEncrypted = volume.IsEncrypted || (info.TryGetProperty("encrypted", out var encrypted) && encrypted.ValueKind is JsonValueKind.True);
        if (isEncrypted)
            kind += ", encrypted";
        return kind switch
        {
            "rbd" when Rbd(site, info) is { } rbd => rbd,
            "rbd, encrypted" when Rbd(site, info) is { } rbd => new MoveDevice.Luks(rbd, KeyOf(volume)),
            "local" when Text(info, "device_path") is { } path => new MoveDevice.LocalFile(path),
            "nbd" when Text(info, "host") is { } host && Text(info, "export") is { } export && info.TryGetProperty("port", out var port) =>
                new MoveDevice.Nbd($"nbd://{host}:{port.GetRawText()}/{export}"),
            _ => null,
        };
    }

    static MoveDevice.Rbd? Rbd(Site site, JsonElement info) => Text(info, "name")?.Split('/', 2) is [var pool, var image] ? new MoveDevice.Rbd(site.Movers!.Ceph, pool, image) : null;

    static string? Text(JsonElement info, string name) => info.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
