using System.Diagnostics;
using Kedge.Sandbox.Workloads;

namespace Kedge.Sandbox.Tests;

/// <summary>The client that operators use every day finds nothing to complain about.</summary>
public sealed class OpenStackClientTests
{
    const string Client = "/usr/bin/openstack";
    const string Python = "/usr/bin/python3";

    /// <summary>Runs the client's own entry point once per line of its input; a process for each would take a minute.</summary>
    const string ManyCommands = """
        import sys, shlex, io, contextlib
        from openstackclient import shell
        for line in sys.stdin:
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    code = shell.main(shlex.split(line))
                except SystemExit as e:
                    code = e.code
            print("%s|%s|%s|%s" % (code, line.strip(), out.getvalue().strip().replace("\n", "\\n"), err.getvalue().strip().replace("\n", "\\n")), flush=True)
        """;

    static readonly string[] lists =
    [
        "server list", "server list --long", "volume list", "volume list --long", "image list", "image list --long", "network list", "network list --long",
        "flavor list", "flavor list --long", "keypair list", "security group list", "security group rule list", "floating ip list",
        "volume backup list", "volume backup list --long", "volume snapshot list", "volume type list", "subnet list", "port list", "router list",
        "server group list", "availability zone list", "project list", "catalog list", "extension list --network", "limits show --absolute",
        "quota show", "token issue", "server event list db", "network rbac list",
    ];

    static readonly string[] shows =
    [
        "server show db", "server show app", "volume show db-data", "image show kedge-demo-image", "network show front", "subnet show front-v4",
        "port show web-front", "router show edge", "security group show web", "keypair show kedge-demo", "flavor show m1.tiny", "project show demo",
        "server volume list db", "volume type show fast", "console log show app",
    ];

    static readonly string[] ofAdmins =
    [
        "server list --all-projects --long", "volume list --all-projects", "compute service list", "hypervisor list", "network agent list",
        "volume service list", "user list", "role list", "endpoint list", "service list", "domain list", "region list", "role assignment list",
        "volume backup list --all-projects", "--os-compute-api-version 2.90 server show $WEB", "availability zone list --long", "quota show demo",
    ];

    static readonly string[] writes =
    [
        "server create --flavor m1.tiny --image kedge-demo-image --network back --wait made-by-client",
        "server stop made-by-client", "server set --property a=b made-by-client", "server remove volume --help",
        "volume create --size 1 --type fast made-by-client", "server add volume made-by-client made-by-client",
        "server delete --wait made-by-client", "volume backup create --name b made-by-client", "volume snapshot create --volume made-by-client s",
        "network create made-by-client", "subnet create --network made-by-client --subnet-range 10.99.0.0/24 made-by-client",
        "port create --network made-by-client --tag t made-by-client", "port unset --tag t made-by-client", "port delete made-by-client",
        "floating ip create public", "security group create made-by-client",
        "security group rule create --protocol tcp --dst-port 80 made-by-client", "image set --property x=y kedge-demo-image",
    ];

    public static TheoryData<string, string> Parts => new()
    {
        { "demo", "lists" }, { "demo", "shows" }, { "admin", "admins" }, { "demo", "writes" },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task The_real_client_is_served_without_an_error(string user, string part)
    {
        Assert.SkipUnless(File.Exists(Client), $"{Client} is not installed: apt-get install python3-openstackclient");
        var cancel = TestContext.Current.CancellationToken;
        await using var cloud = SandboxCloud.Create(new SandboxSettings(), TimeProvider.System);
        var workload = await ThreeTierWorkload.BuildAsync(cloud, cancel);
        cloud.World.CreateStack("demo", "three", ("db", "OS::Nova::Server", workload.DbServerId));
        await cloud.ListenAsync(cancel);
        var commands = part switch { "lists" => lists, "shows" => shows, "admins" => ofAdmins, _ => writes };

        var answers = await RunAsync(cloud, user, commands.Select(c => c.Replace("$WEB", workload.WebServerId, StringComparison.Ordinal)), cancel);

        Assert.Equal(commands.Length, answers.Count);
        Assert.Empty(answers.Where(a => !a.StartsWith("0|", StringComparison.Ordinal) && !a.StartsWith("None|", StringComparison.Ordinal)));
    }

    static async Task<List<string>> RunAsync(SandboxCloud cloud, string user, IEnumerable<string> commands, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(Python, ["-c", ManyCommands]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment.Clear();
        foreach (var (key, value) in (ReadOnlySpan<(string, string)>)
        [
            ("PATH", "/usr/bin:/bin"), ("HOME", "/nonexistent"), ("LC_ALL", "C.UTF-8"), ("PYTHONWARNINGS", "ignore"),
            ("OS_AUTH_URL", cloud.AuthUrl.ToString()), ("OS_USERNAME", user), ("OS_PASSWORD", cloud.Settings.Password), ("OS_PROJECT_NAME", user),
            ("OS_USER_DOMAIN_ID", "default"), ("OS_PROJECT_DOMAIN_ID", "default"), ("OS_IDENTITY_API_VERSION", "3"), ("OS_REGION_NAME", cloud.Settings.Region),
        ])
            start.Environment[key] = value;
        using var client = Process.Start(start)!;
        foreach (var command in commands)
            await client.StandardInput.WriteLineAsync(command.AsMemory(), cancel);
        client.StandardInput.Close();
        var answers = new List<string>();
        while (await client.StandardOutput.ReadLineAsync(cancel) is { } line)
            answers.Add(line);
        await client.WaitForExitAsync(cancel);
        return answers;
    }
}
