using Kedge.Sandbox.BlockStorage;

namespace Kedge.Sandbox;

/// <summary>Everything that makes one sandbox cloud differ from another.</summary>
public sealed record SandboxSettings
{
    /// <summary>The cloud's name; its in-memory host name, and mixed into its ids so that two clouds of one seed share none.</summary>
    public string Name { get; init; } = "sandbox";

    /// <summary>Region in the catalog.</summary>
    public string Region { get; init; } = "RegionOne";

    /// <summary>Ids, MACs and tokens follow from it: the same calls in the same order give the same cloud.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How long things take by the cloud's clock.</summary>
    public SandboxLatencies Latencies { get; init; } = SandboxLatencies.None;

    /// <summary>Where backups lie. Two clouds that shall restore each other's backups are given the same one; null makes a private one.</summary>
    public BackupStore? Backups { get; init; }

    /// <summary>Limits of every project that has none of its own.</summary>
    public SandboxQuotas Quotas { get; init; } = new();

    /// <summary>Which policies and old bugs this cloud has.</summary>
    public SandboxPolicies Policies { get; init; } = new();

    /// <summary>Newest microversion of Nova, as minor of 2; 96 is Caracal.</summary>
    public int NovaMicroversion { get; init; } = 96;

    /// <summary>Newest microversion of Cinder, as minor of 3; 70 is 2023.1.</summary>
    public int CinderMicroversion { get; init; } = 70;

    /// <summary>Lifetime of a token.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Password of the users <c>admin</c>, <c>demo</c> and <c>other</c>.</summary>
    public string Password { get; init; } = "sandbox";

    /// <summary>Hypervisors; at least 1, named <c>name-compute-1</c> and on, all in the zone <c>nova</c>.</summary>
    public int Hosts { get; init; } = 3;

    /// <summary>Names of the volume types that exist at first; the first is the default.</summary>
    public IReadOnlyList<string> VolumeTypes { get; init; } = ["standard", "fast"];

    /// <summary>Class name of the backup driver in exported records; another cloud imports only records of its own driver.</summary>
    public string BackupDriver { get; init; } = "cinder.backup.drivers.posix.PosixBackupDriver";

    /// <summary>IPv4 range of the external network <c>public</c>.</summary>
    public string ExternalCidr { get; init; } = "203.0.113.0/24";
}

/// <summary>How long operations take, by the cloud's clock. Zero means: done when the next call arrives.</summary>
public sealed record SandboxLatencies
{
    /// <summary>Each API call.</summary>
    public TimeSpan ApiCall { get; init; }

    /// <summary>From create to ACTIVE.</summary>
    public TimeSpan ServerBoot { get; init; }

    /// <summary>Start, stop, pause, reboot and their like.</summary>
    public TimeSpan ServerAction { get; init; }

    /// <summary>From the delete call until the server is gone.</summary>
    public TimeSpan ServerDelete { get; init; }

    /// <summary>An empty volume, or one cloned on the back end.</summary>
    public TimeSpan VolumeCreate { get; init; }

    /// <summary>A volume whose bytes come from a backup or an image.</summary>
    public TimeSpan VolumeFill { get; init; }

    /// <summary>Attach, detach, delete, extend.</summary>
    public TimeSpan VolumeAction { get; init; }

    /// <summary>A snapshot.</summary>
    public TimeSpan Snapshot { get; init; }

    /// <summary>A backup, and the import of a record.</summary>
    public TimeSpan Backup { get; init; }

    /// <summary>Nova's image of a server, or Cinder's of a volume.</summary>
    public TimeSpan ImageCreate { get; init; }

    /// <summary>Everything at once: what simulations want.</summary>
    public static SandboxLatencies None { get; } = new();

    /// <summary>A small cloud on a usual day.</summary>
    public static SandboxLatencies Realistic { get; } = new()
    {
        ApiCall = TimeSpan.FromMilliseconds(50),
        ServerBoot = TimeSpan.FromSeconds(20),
        ServerAction = TimeSpan.FromSeconds(3),
        ServerDelete = TimeSpan.FromSeconds(5),
        VolumeCreate = TimeSpan.FromSeconds(2),
        VolumeFill = TimeSpan.FromSeconds(10),
        VolumeAction = TimeSpan.FromSeconds(2),
        Snapshot = TimeSpan.FromSeconds(1),
        Backup = TimeSpan.FromSeconds(15),
        ImageCreate = TimeSpan.FromSeconds(10),
    };

    /// <summary>All of them multiplied, for a demo that shows waiting without making anybody wait.</summary>
    public SandboxLatencies Times(double factor) => new()
    {
        ApiCall = ApiCall * factor,
        ServerBoot = ServerBoot * factor,
        ServerAction = ServerAction * factor,
        ServerDelete = ServerDelete * factor,
        VolumeCreate = VolumeCreate * factor,
        VolumeFill = VolumeFill * factor,
        VolumeAction = VolumeAction * factor,
        Snapshot = Snapshot * factor,
        Backup = Backup * factor,
        ImageCreate = ImageCreate * factor,
    };
}

/// <summary>Limits of a project; -1 is unlimited.</summary>
public sealed record SandboxQuotas
{
    public int Instances { get; init; } = 5_000;
    public int Cores { get; init; } = 20_000;
    public int RamMebibytes { get; init; } = 40_000_000;
    public int KeyPairs { get; init; } = 100;
    public int ServerGroups { get; init; } = 1_000;
    public int ServerGroupMembers { get; init; } = 1_000;
    public int Volumes { get; init; } = 10_000;
    public int Snapshots { get; init; } = 10_000;
    public int Gigabytes { get; init; } = 1_000_000;
    public int Backups { get; init; } = 100_000;
    public int BackupGigabytes { get; init; } = 10_000_000;
    public int Networks { get; init; } = 100;
    public int Subnets { get; init; } = 100;
    public int Ports { get; init; } = 20_000;
    public int Routers { get; init; } = 50;
    public int FloatingIps { get; init; } = 1_000;
    public int SecurityGroups { get; init; } = 1_000;
    public int SecurityGroupRules { get; init; } = 10_000;
}

/// <summary>Policies that differ between deployments, and bugs that some still have.</summary>
public sealed record SandboxPolicies
{
    /// <summary>Importing a record over an existing backup is refused only after the existing one has been destroyed (Cinder LP#1965847).</summary>
    public bool LegacyDestructiveImport { get; init; }

    /// <summary>A DHCP agent takes an address in each subnet with DHCP as soon as the subnet exists.</summary>
    public bool DhcpPortsTakeAddresses { get; init; } = true;

    /// <summary>Backups may name a container of their own (restrictable since 2026.1).</summary>
    public bool BackupContainersAllowed { get; init; } = true;

    /// <summary>Project members may read extended server attributes such as user_data, as some operators allow.</summary>
    public bool MembersReadExtendedAttributes { get; init; }
}
