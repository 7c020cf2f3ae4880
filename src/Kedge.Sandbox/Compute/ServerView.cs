using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Networking;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>How a server looks, by microversion and rights. What is missing is as real as what is there.</summary>
static class ServerView
{
    public static JsonObject Brief(Call call, Server server) => IsDown(call, server) ? Unknown(call, server) : new()
    {
        ["id"] = server.Id,
        ["name"] = server.Name,
        ["links"] = Links(call, server),
    };

    public static JsonObject Detail(Call call, Server server)
    {
        var view = Brief(call, server);
        if (IsDown(call, server))
        {
            view["tenant_id"] = server.ProjectId;
            view["created"] = Stamp.Seconds(server.CreatedAt);
            return view;
        }
        AddState(server, view);
        AddMakeUp(call, server, view);
        AddByVersion(call, server, view);
        if (call.IsAdmin || call.Cloud.Settings.Policies.MembersReadExtendedAttributes)
            AddExtendedAttributes(call, server, view);
        return view;
    }

    /// <summary>One server alone: of a down cell, what its request once said is looked up, too.</summary>
    public static JsonObject Show(Call call, Server server)
    {
        var view = Detail(call, server);
        if (!IsDown(call, server))
            return view;
        view["image"] = ImageOf(call, server) ?? (JsonNode)"";
        view["flavor"] = Flavors.Of(call, server.Flavor);
        view["OS-EXT-AZ:availability_zone"] = server.PinnedZone ?? "UNKNOWN";
        view["OS-EXT-STS:power_state"] = 0;
        view["user_id"] = server.UserId;
        if (call.Version >= 71)
            view["server_groups"] = server.Group is { } group ? new JsonArray(group.Id) : new JsonArray();
        return view;
    }

    public static bool IsDown(Call call, Server server) => call.Cloud.Faults.IsInDownCell(server.Id);

    public static JsonObject AddressesOf(Call call, Server server)
    {
        var neutron = call.Cloud.Neutron;
        var addresses = new JsonObject();
        foreach (var nic in server.Nics)
        {
            var name = neutron.Networks.Find(nic.Port.NetworkId)?.Name ?? nic.Port.NetworkId;
            if (addresses[name] is not JsonArray list)
                addresses[name] = list = [];
            foreach (var ip in nic.Port.FixedIps)
            {
                list.Add(Address(nic.Port, ip.Address, "fixed"));
                if (neutron.FloatingIps.FirstOrDefault(f => f.PortId == nic.Port.Id && f.FixedAddress == ip.Address) is { } floating)
                    list.Add(Address(nic.Port, floating.Address, "floating"));
            }
        }
        return addresses;
    }

    public static IEnumerable<JsonObject> SecurityGroupNames(Call call, Server server) => server.Nics
        .SelectMany(n => n.Port.SecurityGroupIds).Distinct()
        .Select(id => new JsonObject { ["name"] = call.Cloud.Neutron.SecurityGroups.Find(id)?.Name ?? id });

    public static JsonArray Links(Call call, Server server) => new(
        new JsonObject { ["rel"] = "self", ["href"] = $"{call.Origin}/compute/v2.1/servers/{server.Id}" },
        new JsonObject { ["rel"] = "bookmark", ["href"] = $"{call.Origin}/compute/servers/{server.Id}" });

    /// <summary>All that the API's own database still knows when a cell's is away (2.69).</summary>
    static JsonObject Unknown(Call call, Server server) => new()
    {
        ["id"] = server.Id,
        ["status"] = "UNKNOWN",
        ["links"] = Links(call, server),
    };

    static JsonObject? ImageOf(Call call, Server server) => server.ImageId is null || server.Disks.Exists(d => d.IsRoot) ? null : new()
    {
        ["id"] = server.ImageId,
        ["links"] = new JsonArray(new JsonObject { ["rel"] = "bookmark", ["href"] = $"{call.Origin}/compute/images/{server.ImageId}" }),
    };

    static JsonObject Address(Port port, IpAddress address, string type) => new()
    {
        ["addr"] = address.ToString(),
        ["version"] = address.Version,
        ["OS-EXT-IPS:type"] = type,
        ["OS-EXT-IPS-MAC:mac_addr"] = port.Mac,
    };

    static void AddState(Server server, JsonObject view)
    {
        view["status"] = server.IsDeleted ? "DELETED" : server.Status;
        view["tenant_id"] = server.ProjectId;
        view["user_id"] = server.UserId;
        view["created"] = Stamp.Seconds(server.CreatedAt);
        view["updated"] = Stamp.Seconds(server.UpdatedAt);
        view["hostId"] = server.Host is null ? ""
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(server.ProjectId + server.Host)))[..56];
        view["OS-EXT-STS:vm_state"] = server.VmState;
        view["OS-EXT-STS:task_state"] = server.TaskState;
        view["OS-EXT-STS:power_state"] = server.PowerState;
        view["OS-SRV-USG:launched_at"] = server.LaunchedAt is { } launched ? Stamp.Bare(launched) : null;
        view["OS-SRV-USG:terminated_at"] = server.TerminatedAt is { } ended ? Stamp.Bare(ended) : null;
        if (server.Status is "ACTIVE" or "BUILD" or "REBOOT")
            view["progress"] = 0;
        if (server.Fault is { } fault && (server.VmState == "error" || server.IsDeleted))
            view["fault"] = new JsonObject { ["code"] = fault.Code, ["message"] = fault.Message, ["created"] = Stamp.Seconds(fault.At) };
    }

    static void AddMakeUp(Call call, Server server, JsonObject view)
    {
        view["metadata"] = server.Metadata.ToJson();
        view["image"] = ImageOf(call, server) ?? (JsonNode)"";
        view["flavor"] = Flavors.Of(call, server.Flavor);
        view["addresses"] = AddressesOf(call, server);
        view["accessIPv4"] = server.AccessIpv4;
        view["accessIPv6"] = server.AccessIpv6;
        view["OS-DCF:diskConfig"] = server.DiskConfig;
        view["OS-EXT-AZ:availability_zone"] = server.Host is null ? server.PinnedZone ?? "" : Nova.Zone;
        view["config_drive"] = server.HasConfigDrive ? "True" : "";
        view["key_name"] = server.KeyName;
        view["os-extended-volumes:volumes_attached"] = server.Disks.Select(d =>
        {
            var disk = new JsonObject { ["id"] = d.Volume.Id };
            if (call.Version >= 3)
                disk["delete_on_termination"] = d.IsDeletedOnTermination;
            return disk;
        }).ToJson();
        if (SecurityGroupNames(call, server).ToList() is { Count: > 0 } groups)
            view["security_groups"] = groups.ToJson();
    }

    static void AddByVersion(Call call, Server server, JsonObject view)
    {
        if (call.Version >= 9)
            view["locked"] = server.LockedBy is not null;
        if (call.Version >= 16 && call.IsAdmin)
            view["host_status"] = server.Host is null ? "" : "UP";
        if (call.Version >= 19)
            view["description"] = server.Description;
        if (call.Version >= 26)
            view["tags"] = server.Tags.ToJson();
        if (call.Version >= 63)
            view["trusted_image_certificates"] = null;
        if (call.Version >= 71)
            view["server_groups"] = server.Group is { } group ? new JsonArray(group.Id) : new JsonArray();
        if (call.Version >= 73)
            view["locked_reason"] = server.LockedReason;
        if (call.Version >= 90)
            view["OS-EXT-SRV-ATTR:hostname"] = server.Hostname;
        if (call.Version >= 96)
            view["pinned_availability_zone"] = server.PinnedZone;
        if (call.Version >= 100)
            view["scheduler_hints"] = server.SchedulerHints.DeepClone();
    }

    static void AddExtendedAttributes(Call call, Server server, JsonObject view)
    {
        view["OS-EXT-SRV-ATTR:host"] = server.Host;
        view["OS-EXT-SRV-ATTR:hypervisor_hostname"] = server.Host;
        view["OS-EXT-SRV-ATTR:instance_name"] = "instance-" + server.Id[..8];
        if (call.Version < 3)
            return;
        view["OS-EXT-SRV-ATTR:reservation_id"] = server.ReservationId;
        view["OS-EXT-SRV-ATTR:launch_index"] = 0;
        view["OS-EXT-SRV-ATTR:hostname"] = server.Hostname;
        view["OS-EXT-SRV-ATTR:kernel_id"] = "";
        view["OS-EXT-SRV-ATTR:ramdisk_id"] = "";
        view["OS-EXT-SRV-ATTR:root_device_name"] = server.RootDevice;
        view["OS-EXT-SRV-ATTR:user_data"] = server.UserData;
    }
}
