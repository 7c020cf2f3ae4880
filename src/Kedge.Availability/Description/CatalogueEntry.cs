namespace Kedge.Availability.Description;

/// <summary>What kind of thing a service is; the profile decides from it.</summary>
enum Nature
{
    /// <summary>Answers requests and keeps nothing: any number of instances.</summary>
    Api,

    /// <summary>Takes work from the message bus and keeps nothing: any number of instances.</summary>
    Worker,

    /// <summary>Two instances at once would do harm.</summary>
    Single,

    /// <summary>What all others stand on: database, message bus, load balancer.</summary>
    Platform,
}

/// <param name="After">What it needs, where the file has that too: for the profile that starts everything in order.</param>
/// <param name="GoneSince">Release in which it was removed; null: still there.</param>
/// <param name="Instead">What stands in its place.</param>
sealed record CatalogueEntry(
    string Name, Nature Nature, string Agent, Runs Runs, string[] After, string? GoneSince = null, string? Instead = null)
{
    static readonly string[] Store = ["galera", "rabbitmq", "memcached"];
    static readonly string[] Keystone = ["keystone", .. Store];
    static readonly string[] Nova = ["nova-conductor", .. Keystone];

    /// <summary>The paper's seven, in its order, with its intervals in seconds.</summary>
    public static readonly (string Name, int Seconds)[] OfThePaper =
    [
        ("nova-api", 5), ("nova-scheduler", 30), ("nova-novncproxy", 30), ("nova-cert", 30), ("nova-consoleauth", 30), ("nova-conductor", 30),
        ("nova-network", 30),
    ];

    static readonly string[] Releases =
    [
        "juno", "kilo", "liberty", "mitaka", "newton", "ocata", "pike", "queens", "rocky", "stein", "train", "ussuri", "victoria", "wallaby", "xena",
        "yoga", "zed", "2023.1", "2023.2", "2024.1", "2024.2", "2025.1", "2025.2",
    ];

    static readonly Dictionary<string, CatalogueEntry> All = new CatalogueEntry[]
    {
        Platform("haproxy", "systemd:haproxy", Runs.Everywhere),
        Platform("galera", "ocf:heartbeat:galera", Runs.Promoted),
        Platform("rabbitmq", "ocf:heartbeat:rabbitmq-cluster", Runs.Everywhere),
        Platform("memcached", "systemd:memcached", Runs.Everywhere),
        Platform("redis", "ocf:heartbeat:redis", Runs.Promoted),
        Api("keystone", Store), Api("placement-api"), Api("glance-api"), Api("cinder-api"), Api("neutron-server"), Api("neutron-api"),
        Api("nova-api", Nova), Api("nova-metadata-api", Nova), Api("nova-novncproxy", Nova), Api("heat-api"), Api("heat-api-cfn"), Api("horizon"),
        Api("barbican-api"), Api("octavia-api"), Api("designate-api"), Api("manila-api"), Api("swift-proxy"),
        Worker("nova-conductor"), Worker("nova-scheduler", Nova), Worker("cinder-scheduler"), Worker("heat-engine"),
        Worker("neutron-rpc-server"), Worker("neutron-dhcp-agent"), Worker("neutron-l3-agent"), Worker("neutron-metadata-agent"),
        Worker("octavia-worker"), Worker("octavia-health-manager"), Worker("octavia-housekeeping"), Worker("manila-scheduler"), Worker("cinder-backup"),
        Single("cinder-volume"), Single("manila-share"),
        Single("nova-cert", "pike", "nothing: it signed certificates for EC2 image bundles"),
        Single("nova-consoleauth", "train", "the cell's database keeps the tokens, and nova-novncproxy reads them there"),
        Single("nova-network", "ussuri", "Neutron: neutron-server and its agents"),
    }.ToDictionary(service => service.Name, StringComparer.Ordinal);

    public static CatalogueEntry? Find(string name) => All.GetValueOrDefault(name);

    public static bool IsRelease(string release) => Releases.Contains(release);

    public static string ReleasesInWords => $"{Releases[0]} … {Releases[^1]}";

    public bool IsGoneIn(string? release) =>
        GoneSince is not null && (release is null || Array.IndexOf(Releases, release) >= Array.IndexOf(Releases, GoneSince));

    /// <summary>Agents of our own stand for these; the others are kept by the one for any service, which is told the unit.</summary>
    static string AgentOf(string name) => name switch
    {
        "nova-api" or "nova-scheduler" or "nova-conductor" or "nova-novncproxy" or "keystone" => $"ocf:openstack:{name}",
        "nova-cert" or "nova-consoleauth" or "nova-network" => $"ocf:openstack:{name}",
        _ => "ocf:openstack:service",
    };

    static CatalogueEntry Platform(string name, string agent, Runs runs) => new(name, Nature.Platform, agent, runs, []);

    static CatalogueEntry Api(string name, string[]? after = null) => new(name, Nature.Api, AgentOf(name), Runs.Everywhere, after ?? Keystone);

    static CatalogueEntry Worker(string name, string[]? after = null) => new(name, Nature.Worker, AgentOf(name), Runs.Everywhere, after ?? Store);

    static CatalogueEntry Single(string name, string? goneSince = null, string? instead = null) =>
        new(name, Nature.Single, AgentOf(name), Runs.Once, Store, goneSince, instead);
}
