using Kedge.Sandbox.Cloud;
using Kedge.Sandbox.Networking;

namespace Kedge.Sandbox.Compute;

sealed class ComputeHost(string name, string serviceId)
{
    public string Name { get; } = name;
    public string ServiceId { get; } = serviceId;
    public bool IsDisabled { get; set; }
    public bool IsForcedDown { get; set; }
    public string? DisabledReason { get; set; }
}

/// <summary>Servers, and what they are made of and placed on.</summary>
sealed class Nova
{
    public const string Zone = "nova";

    /// <summary>Of deleted servers, for <c>changes-since</c>.</summary>
    const int RememberedDeleted = 1000;

    public Nova(CloudState cloud)
    {
        Cloud = cloud;
        for (var i = 1; i <= cloud.Settings.Hosts; i++)
            Hosts.Add(new ComputeHost($"{cloud.Settings.Name}-compute-{i}", cloud.Ids.Uuid()));
        AddFlavor("1", "m1.tiny", 512, 1, 1);
        AddFlavor("2", "m1.small", 2048, 1, 20);
        AddFlavor("3", "m1.medium", 4096, 2, 40);
        AddFlavor("42", "m1.nano", 128, 1, 1).ExtraSpecs["hw_rng:allowed"] = "True";
        Quotas = new Quotas(Defaults(cloud.Settings.Quotas));
    }

    public CloudState Cloud { get; }
    public Quotas Quotas { get; }
    public List<ComputeHost> Hosts { get; } = [];
    public Table<Flavor> Flavors { get; } = new(f => f.Id);
    public Table<Server> Servers { get; } = new(s => s.Id);
    public Queue<Server> Deleted { get; } = new();
    public List<KeyPair> KeyPairs { get; } = [];
    public Table<ServerGroup> ServerGroups { get; } = new(g => g.Id);

    /// <summary>A port was deleted under a server.</summary>
    public void ForgetPort(Port port) => Servers.Find(port.DeviceId)?.Nics.RemoveAll(n => n.Port == port);

    public void Bury(Server server)
    {
        Servers.Remove(server);
        server.Group?.Members.Remove(server.Id);
        Deleted.Enqueue(server);
        if (Deleted.Count > RememberedDeleted)
            Deleted.Dequeue();
    }

    Flavor AddFlavor(string id, string name, int ram, int vcpus, int disk)
    {
        var flavor = new Flavor { Id = id, Name = name, RamMebibytes = ram, Vcpus = vcpus, DiskGibibytes = disk };
        Flavors.Add(flavor);
        return flavor;
    }

    static Dictionary<string, int> Defaults(SandboxQuotas quotas) => new(StringComparer.Ordinal)
    {
        ["instances"] = quotas.Instances,
        ["cores"] = quotas.Cores,
        ["ram"] = quotas.RamMebibytes,
        ["key_pairs"] = quotas.KeyPairs,
        ["metadata_items"] = 128,
        ["server_groups"] = quotas.ServerGroups,
        ["server_group_members"] = quotas.ServerGroupMembers,
    };
}
