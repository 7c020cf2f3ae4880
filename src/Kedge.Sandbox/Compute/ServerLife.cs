using Kedge.Sandbox.BlockStorage;

namespace Kedge.Sandbox.Compute;

/// <summary>What happens to a server over time.</summary>
static class ServerLife
{
    const int Running = 1;
    const int Shutdown = 4;

    public static void Boot(Nova nova, Server server) => nova.Cloud.In(nova.Cloud.Latencies.ServerBoot, () =>
    {
        if (server is not { IsDeleted: false, VmState: "building", TaskState: not "deleting" })
            return;
        var host = Placement.Choose(nova, server);
        var failure = nova.Cloud.Faults.OnBoot?.Invoke(server.Name) ?? (host is null ? Placement.NoValidHost : null);
        if (failure is not null)
            Fail(nova, server, failure);
        else
            Land(nova, server, host!);
    });

    /// <summary>Back from shelf, on whichever host.</summary>
    public static void Unshelve(Nova nova, Server server)
    {
        server.TaskState = "unshelving";
        nova.Cloud.In(nova.Cloud.Latencies.ServerBoot, () =>
        {
            if (server.TaskState != "unshelving")
                return;
            if (Placement.Choose(nova, server) is { } host)
                Land(nova, server, host);
            else
                server.TaskState = null;
        });
    }

    /// <summary>A change of state that takes a while; another task in between wins.</summary>
    public static void Become(Nova nova, Server server, string task, string vmState, int powerState)
    {
        server.TaskState = task;
        server.UpdatedAt = nova.Cloud.Now;
        nova.Cloud.In(nova.Cloud.Latencies.ServerAction, () =>
        {
            if (server.TaskState != task)
                return;
            server.TaskState = null;
            server.VmState = vmState;
            server.PowerState = powerState;
            server.UpdatedAt = nova.Cloud.Now;
        });
    }

    public static void Stop(Nova nova, Server server) => Become(nova, server, "powering-off", "stopped", Shutdown);

    public static void Start(Nova nova, Server server) => Become(nova, server, "powering-on", "active", Running);

    public static void Offload(Nova nova, Server server)
    {
        server.TaskState = null;
        server.VmState = "shelved_offloaded";
        server.PowerState = Shutdown;
        server.Host = null;
        foreach (var nic in server.Nics)
            (nic.Port.Host, nic.Port.Status) = ("", "DOWN");
        server.UpdatedAt = nova.Cloud.Now;
    }

    public static void Delete(Nova nova, Server server)
    {
        if (server.TaskState == "deleting")
            return;
        server.TaskState = "deleting";
        server.UpdatedAt = nova.Cloud.Now;
        nova.Cloud.In(nova.Cloud.Latencies.ServerDelete, () => End(nova, server));
    }

    static void Land(Nova nova, Server server, string host)
    {
        var now = nova.Cloud.Now;
        server.Host = host;
        server.VmState = "active";
        server.TaskState = null;
        server.PowerState = Running;
        server.LaunchedAt = server.UpdatedAt = now;
        foreach (var nic in server.Nics)
        {
            nic.Port.Host = host;
            nic.Port.Status = "ACTIVE";
            nic.Port.UpdatedAt = now;
        }
        foreach (var disk in server.Disks)
            nova.Cloud.Cinder.Complete(disk.Attachment, disk.Device, host);
    }

    static void Fail(Nova nova, Server server, string message)
    {
        server.VmState = "error";
        server.TaskState = null;
        server.Fault = new ServerFault(500, message, nova.Cloud.Now);
        server.UpdatedAt = nova.Cloud.Now;
        server.Actions.Add(new("create", nova.Cloud.Now, "Error"));
    }

    /// <summary>Undoes a creation that was refused half-way; there never was such a server.</summary>
    public static void Abandon(Nova nova, Server server)
    {
        foreach (var nic in server.Nics)
            Release(nova, nic);
        foreach (var disk in server.Disks)
            Release(nova.Cloud.Cinder, disk);
        server.Group?.Members.Remove(server.Id);
        nova.Servers.Remove(server);
    }

    /// <summary>Ports that Nova made go; ports that were given go back; so do volumes.</summary>
    static void End(Nova nova, Server server)
    {
        foreach (var nic in server.Nics)
            Release(nova, nic);
        foreach (var disk in server.Disks)
            Release(nova.Cloud.Cinder, disk);
        server.IsDeleted = true;
        server.VmState = "deleted";
        server.TaskState = null;
        server.TerminatedAt = server.UpdatedAt = nova.Cloud.Now;
        server.RootDisk = null;
        nova.Bury(server);
    }

    public static void Release(Nova nova, Nic nic)
    {
        if (nic.IsNovaMade)
        {
            nova.Cloud.Neutron.Remove(nic.Port);
            return;
        }
        nic.Port.DeviceId = nic.Port.DeviceOwner = nic.Port.Host = "";
        nic.Port.Status = "DOWN";
        if (nic.IsDnsNameOurs)
            nic.Port.DnsName = "";
        nic.Port.UpdatedAt = nova.Cloud.Now;
    }

    public static void Release(Cinder cinder, Disk disk)
    {
        cinder.Detach(disk.Attachment);
        if (disk.IsDeletedOnTermination && disk.Volume.Attachments.Count == 0)
            cinder.Delete(disk.Volume);
    }
}
