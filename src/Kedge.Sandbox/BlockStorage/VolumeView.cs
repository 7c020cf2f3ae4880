using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>How a volume looks, by microversion and rights; and what lists of Cinder have in common.</summary>
static class VolumeView
{
    public static JsonObject Brief(Call call, Volume volume) => new()
    {
        ["id"] = volume.Id,
        ["name"] = volume.Name,
        ["links"] = Links(call, "volumes", volume.Id),
    };

    public static JsonObject Detail(Call call, Volume volume)
    {
        var view = Brief(call, volume);
        view["description"] = volume.Description;
        view["status"] = volume.Status;
        view["size"] = volume.SizeGibibytes;
        view["availability_zone"] = volume.AvailabilityZone;
        view["created_at"] = Stamp.Bare(volume.CreatedAt);
        view["updated_at"] = Stamp.Bare(volume.UpdatedAt);
        view["attachments"] = volume.Attachments.Where(a => a.Status != "reserved").Select(a => Attachment(call, a)).ToJson();
        view["volume_type"] = volume.Type.Name;
        view["bootable"] = volume.IsBootable ? "true" : "false";
        view["encrypted"] = volume.Type.Encryption is not null;
        view["snapshot_id"] = volume.SnapshotId;
        view["source_volid"] = volume.SourceVolumeId;
        view["metadata"] = volume.Metadata.ToJson();
        view["user_id"] = volume.UserId;
        view["multiattach"] = volume.Type.IsMultiattach;
        view["replication_status"] = null;
        view["consistencygroup_id"] = null;
        view["os-vol-tenant-attr:tenant_id"] = volume.ProjectId;
        if (volume.ImageMetadata.Count > 0)
            view["volume_image_metadata"] = volume.ImageMetadata.ToJson();
        AddAdminFields(call, view);
        AddNewerFields(call, volume, view);
        return view;
    }

    public static JsonArray Links(Call call, string kind, string id) => new(
        new JsonObject { ["rel"] = "self", ["href"] = $"{call.Origin}/volume/v3/{call.ProjectId}/{kind}/{id}" },
        new JsonObject { ["rel"] = "bookmark", ["href"] = $"{call.Origin}/volume/{call.ProjectId}/{kind}/{id}" });

    /// <summary>A page of a list, with the link to the next.</summary>
    public static SandboxResponse List<T>(Call call, string key, string kind, IEnumerable<T> items, Func<T, string> id,
        Func<T, JsonObject> view)
    {
        var page = Page.Cut(call, items, id);
        var body = new JsonObject { [key] = page.Items.Select(view).ToJson() };
        if (page.NextQuery is not null)
            body[key + "_links"] = new JsonArray(new JsonObject
            {
                ["rel"] = "next",
                ["href"] = $"{call.Origin}/volume/v3/{call.ProjectId}/{kind}?{page.NextQuery}",
            });
        if (call.Query.Flag("with_count"))
            body["count"] = items.Count();
        return SandboxResponse.Json(200, body);
    }

    /// <summary>Cinder's filters: exact, or with a tilde after the name a part; metadata as a dictionary in Python's or JSON's spelling.</summary>
    public static bool Fits(Call call, Func<JsonObject> viewOf)
    {
        if (call.Query.Keys.All(key => key is "limit" or "marker" or "all_tenants" or "sort"))
            return true;
        var view = viewOf();
        foreach (var key in call.Query.Keys)
        {
            var wanted = call.Query.First(key)!;
            if (key == "metadata")
            {
                if (!HasAll(view.Map("metadata"), wanted))
                    return false;
            }
            else if (key.EndsWith('~') && view.ContainsKey(key[..^1]))
            {
                if (view.Text(key[..^1])?.Contains(wanted, StringComparison.Ordinal) != true)
                    return false;
            }
            else if (view.TryGetPropertyValue(key, out var value) && value is null or JsonValue
                && !string.Equals(view.Text(key), wanted, StringComparison.OrdinalIgnoreCase))
                return false;
        }
        return true;
    }

    static bool HasAll(Dictionary<string, string> metadata, string wanted)
    {
        try
        {
            var pairs = JsonNode.Parse(wanted.Replace("u'", "'", StringComparison.Ordinal).Replace('\'', '"')) as JsonObject ?? [];
            return pairs.All(p => metadata.TryGetValue(p.Key, out var value) && value == pairs.Text(p.Key));
        }
        catch (JsonException)
        {
            throw ApiFault.Bad($"Could not parse the filter metadata={wanted}.");
        }
    }

    static JsonObject Attachment(Call call, VolumeAttachment attachment) => new()
    {
        ["id"] = attachment.Volume.Id,
        ["attachment_id"] = attachment.Id,
        ["volume_id"] = attachment.Volume.Id,
        ["server_id"] = attachment.ServerId,
        ["host_name"] = call.IsAdmin ? attachment.Host : null,
        ["device"] = attachment.Device,
        ["attached_at"] = attachment.AttachedAt is { } at ? Stamp.Bare(at) : null,
    };

    static void AddAdminFields(Call call, JsonObject view)
    {
        if (!call.IsAdmin)
            return;
        view["os-vol-host-attr:host"] = call.Cloud.Cinder.Host;
        view["os-vol-mig-status-attr:migstat"] = null;
        view["os-vol-mig-status-attr:name_id"] = null;
        if (call.Version >= 21)
            view["provider_id"] = null;
        if (call.Version >= 61)
            view["cluster_name"] = null;
    }

    static void AddNewerFields(Call call, Volume volume, JsonObject view)
    {
        if (call.Version >= 13)
            view["group_id"] = volume.GroupId;
        if (call.Version >= 48)
        {
            view["shared_targets"] = false;
            view["service_uuid"] = null;
        }
        if (call.Version >= 63)
            view["volume_type_id"] = volume.Type.Id;
        if (call.Version >= 64 && volume.EncryptionKeyId is not null)
            view["encryption_key_id"] = volume.EncryptionKeyId;
        if (call.Version >= 65)
            view["consumes_quota"] = true;
    }
}
