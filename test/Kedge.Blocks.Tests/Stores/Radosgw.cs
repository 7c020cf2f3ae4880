using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Kedge.Blocks.Stores;
using Kedge.Blocks.Tests.Stores;

[assembly: AssemblyFixture(typeof(Radosgw))]

namespace Kedge.Blocks.Tests.Stores;

/// <summary>
/// Debian's radosgw, which speaks S3 and Swift, on a Ceph of its own: a monitor and one OSD in memory, in a temporary directory, on loopback. It is there three
/// seconds after the first test asks for it. Tests are skipped where it is not installed.
/// </summary>
public sealed class Radosgw : IAsyncDisposable
{
    public const string Key = "kedge";
    public const string Secret = "secret-of-the-test";
    static readonly string[] Programs = ["radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "ceph-authtool", "monmaptool"];
    readonly Daemons daemons = new(("CEPH_CONF", "FOLDER/ceph.conf"));
    readonly SemaphoreSlim gate = new(1, 1);
    Uri? address;

    /// <summary>Its address, with the bucket and container <c>blocks</c>, and <c>locked</c> with object lock.</summary>
    public async Task<Uri> StartAsync()
    {
        Daemons.Need(Programs);
        await gate.WaitAsync();
        try
        {
            return address ??= await BuildAsync();
        }
        finally
        {
            gate.Release();
        }
    }

    public static S3Settings S3(Uri at, string prefix, string bucket = "blocks", TimeSpan? lockFor = null) =>
        new() { Endpoint = at, Bucket = bucket, Prefix = prefix, AccessKey = Key, SecretKey = Secret, LockFor = lockFor };

    public static AmazonS3Client Client(Uri at) =>
        new(new BasicAWSCredentials(Key, Secret), new AmazonS3Config { ServiceURL = at.ToString(), ForcePathStyle = true, AuthenticationRegion = "us-east-1" });

    public static SwiftSettings Swift(Uri at, string prefix) => new() { AuthUrl = new Uri(at, "auth/v1.0"), Container = "blocks", Prefix = prefix, User = "kedge:swift", Password = Secret, Login = SwiftLogin.TempAuth };

    public async ValueTask DisposeAsync()
    {
        await daemons.DisposeAsync();
        gate.Dispose();
    }

    async Task<Uri> BuildAsync()
    {
        var (monitor, gateway) = (Daemons.FreePort(), Daemons.FreePort());
        foreach (var part in (string[])["mon", "osd", "rgw", "run"]) Directory.CreateDirectory(daemons.File(part));
        var fsid = Guid.NewGuid().ToString();
        await File.WriteAllTextAsync(daemons.File("ceph.conf"), Configuration(fsid, monitor, gateway));
        await daemons.RunAsync("ceph-authtool", "--create-keyring", daemons.File("keyring"), "--gen-key", "-n", "mon.", "--cap", "mon", "allow *");
        foreach (var name in (string[])["client.admin", "client.rgw", "osd.0"])
            await daemons.RunAsync("ceph-authtool", daemons.File("keyring"), "--gen-key", "-n", name, "--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *");
        await daemons.RunAsync("monmaptool", "--create", "--addv", "a", $"[v2:127.0.0.1:{monitor}]", "--fsid", fsid, daemons.File("monmap"));
        await daemons.RunAsync("ceph-mon", "--mkfs", "-i", "a", "--keyring", daemons.File("keyring"), "--monmap", daemons.File("monmap"));
        daemons.Start("ceph-mon", "-f", "-i", "a");
        var osd = Guid.NewGuid().ToString();
        await daemons.RunAsync("ceph", "--connect-timeout", "60", "osd", "new", osd);
        await daemons.RunAsync("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd);
        daemons.Start("ceph-osd", "-f", "-i", "0");
        daemons.Start("radosgw", "-f", "-n", "client.rgw");
        var at = new Uri($"http://127.0.0.1:{gateway}");
        using var http = new HttpClient();
        using var answer = await daemons.AnswerAsync(http, () => new HttpRequestMessage(HttpMethod.Get, at));
        await daemons.RunAsync("radosgw-admin", "user", "create", "--uid=kedge", "--display-name=kedge", $"--access-key={Key}", $"--secret-key={Secret}");
        await daemons.RunAsync("radosgw-admin", "subuser", "create", "--uid=kedge", "--subuser=kedge:swift", "--access=full", "--key-type=swift", $"--secret-key={Secret}");
        using var client = Client(at);
        await client.PutBucketAsync(new PutBucketRequest { BucketName = "blocks" });
        await client.PutBucketAsync(new PutBucketRequest { BucketName = "locked", ObjectLockEnabledForBucket = true });
        return at;
    }

    string Configuration(string fsid, int monitor, int gateway) =>
        $"""
        [global]
        fsid = {fsid}
        mon host = [v2:127.0.0.1:{monitor}]
        mon initial members = a
        public network = 127.0.0.0/8
        ms bind ipv6 = false
        keyring = {daemons.File("keyring")}
        run dir = {daemons.File("run")}
        admin socket =
        pid file =
        log file = {daemons.Path}/$name.log
        mon cluster log file = /dev/null
        mon data = {daemons.File("mon")}
        mon data avail crit = 1
        mon allow pool size one = true
        mon max pg per osd = 5000
        mon tick interval = 1
        paxos propose interval = 0.02
        paxos min wait = 0.01
        osd data = {daemons.File("osd")}
        osd objectstore = memstore
        memstore device bytes = 1073741824
        osd memory target = 939524096
        osd crush chooseleaf type = 0
        osd pool default size = 1
        osd pool default min size = 1
        osd pool default pg num = 4
        osd pool default pgp num = 4
        osd pool default pg autoscale mode = off
        rgw data = {daemons.File("rgw")}
        rgw frontends = beast endpoint=127.0.0.1:{gateway}
        rgw thread pool size = 32
        rgw enable ops log = false
        rgw enable usage log = false
        rgw run sync thread = false
        rgw enable gc threads = false
        rgw enable lc threads = false
        rgw override bucket index max shards = 1

        """;
}
