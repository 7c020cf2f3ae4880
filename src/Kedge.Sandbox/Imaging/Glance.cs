using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Kedge.Sandbox.Bytes;
using Kedge.Sandbox.Cloud;

namespace Kedge.Sandbox.Imaging;

sealed class Image
{
    public required string Id { get; init; }
    public required string Owner { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public string? Name { get; set; }
    public string Status { get; set; } = "queued";
    public string Visibility { get; set; } = "shared";
    public bool IsProtected { get; set; }
    public bool IsHidden { get; set; }
    public int MinDiskGibibytes { get; set; }
    public int MinRamMebibytes { get; set; }
    public string? ContainerFormat { get; set; }
    public string? DiskFormat { get; set; }
    public List<string> Tags { get; } = [];
    public SortedDictionary<string, string> Properties { get; } = new(StringComparer.Ordinal);
    public HashSet<string> Members { get; } = [];
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Null until something was uploaded; never written to afterwards.</summary>
    public SparseBytes? Content { get; private set; }

    public string? Md5 { get; private set; }

    public string? Sha512 { get; private set; }

    [SuppressMessage("Security", "CA5351", Justification = "Glance's own legacy field checksum is MD5; nothing trusts it.")]
    public void Fill(SparseBytes content, DateTimeOffset now)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        var buffer = new byte[SparseBytes.ChunkBytes];
        for (long at = 0; at < content.LengthBytes; at += buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, content.LengthBytes - at));
            content.Read(at, part);
            md5.AppendData(part);
            sha512.AppendData(part);
        }
        Content = content;
        Md5 = Convert.ToHexStringLower(md5.GetHashAndReset());
        Sha512 = Convert.ToHexStringLower(sha512.GetHashAndReset());
        Status = "active";
        UpdatedAt = now;
    }

    /// <summary>
    /// As Nova fills the image of a server whose disk lies in Ceph: a clone there, registered by its location. Glance has read none of its
    /// bytes and knows no hash.
    /// </summary>
    public void FillByClone(SparseBytes content, DateTimeOffset now)
    {
        Content = content;
        Status = "active";
        UpdatedAt = now;
    }
}

/// <summary>The images of a cloud.</summary>
sealed class Glance
{
    /// <summary>Enough to be more than one chunk.</summary>
    const int FirstImageBytes = 192 * 1024;

    readonly CloudState cloud;

    public Glance(CloudState cloud)
    {
        this.cloud = cloud;
        var image = Add(cloud.Ids.Uuid(), cloud.Keystone.ProjectNamed("admin").Id, "cirros-0.6.2");
        image.Visibility = "public";
        image.ContainerFormat = "bare";
        image.DiskFormat = "raw";
        image.MinDiskGibibytes = 1;
        image.Properties["os_distro"] = "cirros";
        image.Properties["hw_rng_model"] = "virtio";
        var content = new SparseBytes(FirstImageBytes);
        var bytes = new byte[FirstImageBytes];
        new Random(42).NextBytes(bytes);
        content.Write(0, bytes);
        image.Fill(content, cloud.Now);
    }

    public Table<Image> Images { get; } = new(i => i.Id);

    /// <summary>An id is never used twice, not even after its image is gone.</summary>
    public HashSet<string> UsedIds { get; } = [];

    public Image Add(string id, string owner, string? name)
    {
        var image = new Image { Id = id, Owner = owner, Name = name, CreatedAt = cloud.Now, UpdatedAt = cloud.Now };
        UsedIds.Add(id);
        Images.Add(image);
        return image;
    }
}
