using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Bytes;
using Kedge.Sandbox.Cloud;
using Kedge.Sandbox.Orchestration;

namespace Kedge.Sandbox;

/// <summary>What <see cref="SandboxWorld.List"/> can list.</summary>
public enum ResourceKind
{
    Project, User, Server, Flavor, KeyPair, ServerGroup, Volume, VolumeType, VolumeSnapshot, Backup, Image, Network, Subnet, Port, Router,
    SecurityGroup, FloatingIp, Stack,
}

/// <summary>
/// Looks behind a cloud's API and changes what no API changes: bytes of disks as a guest would write them, quotas, stacks. Works while the
/// cloud is dead, too. Not counted as calls. Ids that do not exist throw <see cref="KeyNotFoundException"/>.
/// </summary>
public sealed class SandboxWorld
{
    readonly CloudState cloud;
    readonly Lock gate;

    internal SandboxWorld(CloudState cloud, Lock gate)
    {
        this.cloud = cloud;
        this.gate = gate;
    }

    /// <summary>All resources of a kind, oldest first, as an admin sees each at the newest microversion. Deleted ones are left out.</summary>
    public IReadOnlyList<JsonObject> List(ResourceKind kind) => Look(() => Inventory.List(cloud, kind));

    /// <summary>One resource as <see cref="List"/> shows it, or null.</summary>
    public JsonObject? Find(ResourceKind kind, string id) =>
        List(kind).FirstOrDefault(r => (r["id"] ?? r["name"])?.GetValue<string>() == id);

    /// <summary>How many there are of each kind, leaving out what is none: two clouds with the same are likely the same.</summary>
    public IReadOnlyDictionary<ResourceKind, int> Count() =>
        Enum.GetValues<ResourceKind>().ToDictionary(kind => kind, kind => List(kind).Count);

    /// <summary>Id of a project by its name, such as <c>demo</c>.</summary>
    public string ProjectId(string name) => Look(() => cloud.Keystone.ProjectNamed(name).Id);

    /// <summary>Id of a user by its name.</summary>
    public string UserId(string name) =>
        Look(() => cloud.Keystone.FindUser(name)?.Id ?? throw new KeyNotFoundException($"No user '{name}'."));

    /// <summary>Makes every token void at once.</summary>
    public void RevokeTokens() => Look(() =>
    {
        cloud.Keystone.RevokeAll();
        return true;
    });

    /// <summary>Bytes of a volume.</summary>
    public byte[] ReadVolumeBytes(string volumeId, long offset, int count) =>
        Look(() => Read(Inventory.Volume(cloud, volumeId).Content, offset, count));

    /// <summary>Writes as the guest that has the volume attached would; nothing checks that one has.</summary>
    public void WriteVolumeBytes(string volumeId, long offset, ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            cloud.Advance();
            Inventory.Volume(cloud, volumeId).Content.Write(offset, bytes);
        }
    }

    /// <summary>SHA-256 over the written chunks of a volume and their positions, all-zero chunks left out: equal content, equal text.</summary>
    public string FingerprintVolume(string volumeId) => Look(() => Fingerprint(Inventory.Volume(cloud, volumeId).Content));

    /// <summary>Bytes of the root disk of an image-booted server.</summary>
    public byte[] ReadServerDiskBytes(string serverId, long offset, int count) =>
        Look(() => Read(Inventory.RootDisk(cloud, serverId), offset, count));

    /// <summary>Writes to the root disk of an image-booted server, as its guest would.</summary>
    public void WriteServerDiskBytes(string serverId, long offset, ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            cloud.Advance();
            Inventory.RootDisk(cloud, serverId).Write(offset, bytes);
            var server = cloud.Nova.Servers.Find(serverId)!;
            server.RootDiskUsedBytes = Math.Max(server.RootDiskUsedBytes, offset + bytes.Length);
        }
    }

    /// <summary>Bytes of an image.</summary>
    public byte[] ReadImageBytes(string imageId, long offset, int count) =>
        Look(() => Read(Inventory.ImageContent(cloud, imageId), offset, count));

    /// <summary>Sets a limit as an operator would.</summary>
    /// <param name="service">compute, network or volume.</param>
    /// <param name="projectName">Such as <c>demo</c>.</param>
    /// <param name="resource">The service's own name, such as instances, port, gigabytes or volumes_fast.</param>
    /// <param name="limit">-1 is unlimited.</param>
    public void SetQuota(string service, string projectName, string resource, int limit) => Look(() =>
    {
        Inventory.Quotas(cloud, service).Set(cloud.Keystone.ProjectNamed(projectName).Id, resource, limit);
        return true;
    });

    /// <summary>Makes a Heat stack out of resources that exist already.</summary>
    /// <param name="projectName">Whose stack it is.</param>
    /// <param name="name">The stack's name.</param>
    /// <param name="resources">Logical name, type such as <c>OS::Nova::Server</c>, and id of each.</param>
    /// <returns>The stack's id.</returns>
    public string CreateStack(string projectName, string name,
        params IEnumerable<(string LogicalName, string Type, string PhysicalId)> resources)
    {
        var members = resources.Select(r => new StackResource(r.LogicalName, r.Type, r.PhysicalId)).ToList();
        return Look(() =>
        {
            var template = new JsonObject { ["heat_template_version"] = "2021-04-16", ["resources"] = Inventory.TemplateOf(members) };
            var stack = new Stack(cloud.Ids.Uuid(), name, cloud.Keystone.ProjectNamed(projectName).Id, cloud.Now, members, template);
            cloud.Heat.Stacks.Add(stack);
            return stack.Id;
        });
    }

    static byte[] Read(SparseBytes disk, long offset, int count)
    {
        var bytes = new byte[count];
        disk.Read(offset, bytes);
        return bytes;
    }

    static string Fingerprint(SparseBytes disk)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (index, chunk) in disk.Chunks.OrderBy(c => c.Key))
        {
            if (!chunk.AsSpan().ContainsAnyExcept((byte)0))
                continue;
            hash.AppendData(BitConverter.GetBytes(index));
            hash.AppendData(chunk);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    T Look<T>(Func<T> at)
    {
        lock (gate)
        {
            cloud.Advance();
            return at();
        }
    }
}
