using System.Collections.Immutable;
using System.Globalization;
using Kedge.Bench.Blocks;
using Kedge.Bench.Failover;
using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.SiteLoss;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;
using Kedge.Testing;

namespace Kedge.Bench.Scale;

/// <summary><c>dev/bench scale</c>: how long it takes to plan the loss of a site with very many workloads, and what keeping their RPO costs. Results always exit 0: a loaded machine proves nothing.</summary>
static class ScalePart
{
    public const string Options = "scale [--workloads N] [--servers EACH] [--points EACH] [--simulated MINUTES] [--real MINUTES] [--at-once N] [--page FILE]";

    const string Project = "p";

    public static async Task<int> RunAsync(string[] args, CancellationToken cancel)
    {
        var (workloads, servers, points, page) = (1000, 10, 3, (string?)null);
        var (simulated, real, atOnce) = (60, 10, 64);
        for (var rest = args.AsSpan(); !rest.IsEmpty; rest = rest[2..])
        {
            switch (rest)
            {
                case ["--workloads", var n, ..] when int.TryParse(n, CultureInfo.InvariantCulture, out workloads):
                case ["--servers", var m, ..] when int.TryParse(m, CultureInfo.InvariantCulture, out servers):
                case ["--points", var p, ..] when int.TryParse(p, CultureInfo.InvariantCulture, out points):
                case ["--simulated", var s, ..] when int.TryParse(s, CultureInfo.InvariantCulture, out simulated):
                case ["--real", var r, ..] when int.TryParse(r, CultureInfo.InvariantCulture, out real):
                case ["--at-once", var o, ..] when int.TryParse(o, CultureInfo.InvariantCulture, out atOnce):
                    break;
                case ["--page", var file, ..]:
                    page = file;
                    break;
                default:
                    await Console.Error.WriteLineAsync($"usage: dev/bench {Options}");
                    return 2;
            }
        }
        var folder = Directory.CreateTempSubdirectory("kedge-bench-").FullName;
        try
        {
            List<string> lines = [.. await MeasureAsync(Path.Combine(folder, "plan"), workloads, servers, points, cancel)];
            if (simulated > 0)
                lines.AddRange(await KeepInSimulatedTimeAsync(workloads, servers, atOnce, TimeSpan.FromMinutes(simulated), Path.Combine(folder, "simulated"), cancel));
            if (real > 0)
                lines.AddRange(await KeepAsync(TimeProvider.System, "real time", workloads, servers, atOnce, TimeSpan.FromMinutes(real), Path.Combine(folder, "real"), cancel));
            foreach (var line in lines)
                Console.WriteLine(line);
            if (page is not null)
                await ResultPage.ReplaceAsync(page, "Planning a site loss", lines, cancel);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static Task<IEnumerable<string>> KeepInSimulatedTimeAsync(int workloads, int servers, int atOnce, TimeSpan time, string folder, CancellationToken cancel)
    {
        var clock = new FakeClock();
        return SimulatedTime.RunAsync(clock, () => KeepAsync(clock, "simulated time", workloads, servers, atOnce, time, folder, cancel));
    }

    static async Task<IEnumerable<string>> KeepAsync(TimeProvider clock, string how, int workloads, int servers, int atOnce, TimeSpan time, string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        await using var kept = new KeptRpo(clock, atOnce);
        var report = await kept.MeasureAsync(workloads, servers, time, folder, cancel);
        return report.Lines($"{how}, {atOnce} points at once");
    }

    static async Task<IReadOnlyList<string>> MeasureAsync(string folder, int workloads, int servers, int points, CancellationToken cancel)
    {
        var (clock, machine) = (TimeProvider.System, MachineState.Now());
        await using var target = SandboxCloud.Create(new SandboxSettings { Name = "b" }, clock);
        foreach (var (service, resource) in new[] { ("compute", "instances"), ("compute", "cores"), ("compute", "ram"), ("volume", "volumes"), ("volume", "gigabytes") })
            target.World.SetQuota(service, "demo", resource, -1);
        foreach (var resource in new[] { "network", "subnet", "port", "router", "security_group", "floatingip" })
            target.World.SetQuota("network", "demo", resource, -1);
        Directory.CreateDirectory(folder);
        var repository = await PointRepository.CreateAsync(Path.Combine(folder, "points"), clock, cancel);
        var all = Enumerable.Range(0, workloads).Select(i => new Workload { Name = $"w{i:0000}", From = "A", To = "B", Selection = new WorkloadSelection.ByTag("t") }).ToImmutableArray();
        foreach (var workload in all)
            await ProtectAsync(repository, workload, servers, points, clock, cancel);
        await using var journal = await SqliteJournal.OpenAsync(Path.Combine(folder, "kedge.db"), clock, cancel);
        await using var connection = Connect(target, clock);
        var desk = new RecoveryDesk
        {
            Journal = journal,
            Repository = repository,
            Workloads = _ => Task.FromResult(new RecordList<Workload>(all, [])),
            FindWorkload = (name, _) => Task.FromResult(all.FirstOrDefault(workload => workload.Name == name)),
            FindMapping = (name, _) => Task.FromResult<SiteMapping?>(Mapping(name)),
            GetSite = (name, _) => Task.FromResult(new Site(name, connection, null)),
            SeeTo = (_, _) => Task.FromResult(false),
            Clock = clock,
            Owner = "bench",
        };

        var (calls, cpu, began) = (target.CallCount, Usage.OfSelf(), clock.GetTimestamp());
        var preview = await SiteLossPreview.OfAsync(desk, "A", cancel);
        var plan = SiteLossRunbook.Write(preview, new SiteLossRequest("bench", "bench"));
        var (took, used) = (clock.GetElapsedTime(began), Usage.OfSelf() - cpu);
        var memory = Environment.WorkingSet;
        began = clock.GetTimestamp();
        await journal.BeginAsync(RunId.Create(clock), plan, SiteLossRunbook.ExclusiveKey("A"), "bench", cancel);
        var written = clock.GetElapsedTime(began);
        return
        [
            FormattableString.Invariant($"`dev/bench scale`, {machine.At:yyyy-MM-dd HH:mm} UTC; {machine.Cores} cores, load {machine.Load:0.0} at the start and {MachineState.Now().Load:0.0} at the end. Repository on a local disk, target a sandbox cloud."),
            "For each workload: newest usable point (hashed), newest sound definition, the failover plan, its prediction; once: the target's quotas, shared out in order.",
            "",
            $"| loss of a site with {workloads} workloads of {servers} servers, {points} points each | value | goal |",
            "|---|---|---|",
            FormattableString.Invariant($"| **time to plan** | **{took.TotalSeconds:0.0} s** | < 5 s |"),
            FormattableString.Invariant($"| CPU of it, on both cores together | {used:0.0} s | |"),
            FormattableString.Invariant($"| to write the plan into the journal | {written.TotalSeconds:0.00} s | |"),
            FormattableString.Invariant($"| workloads that would be begun / are not ready / have no room | {plan.Steps.Length} / {preview.Losses.Count(l => l.NotReady.Length > 0)} / {preview.Losses.Count(l => l.NoRoom is not null)} | |"),
            FormattableString.Invariant($"| calls to the target / to the lost site | {target.CallCount - calls} / 0 | |"),
            FormattableString.Invariant($"| working set of the planning process | {memory >> 20} MiB | < 500 MiB |"),
        ];
    }

    static Cloud Connect(SandboxCloud cloud, TimeProvider clock) => Cloud.Connect(
        new CloudSettings
        {
            Name = "b",
            AuthUrl = cloud.AuthUrl,
            Credential = new Credential.Password(new UserReference(null, "demo", null, "Default"), cloud.Settings.Password),
            Scope = new CloudScope.Project(null, "demo", null, "Default"),
        },
        cloud.CreateHandler(), clock);

    static async Task ProtectAsync(PointRepository repository, Workload workload, int servers, int points, TimeProvider clock, CancellationToken cancel)
    {
        var blueprint = await repository.PutBlueprintAsync(BlueprintOf(workload.Name, servers), cancel);
        var now = clock.GetUtcNow();
        for (var i = points; i > 0; i--)
        {
            var at = now - TimeSpan.FromMinutes(15 * i);
            await repository.PutAsync(PointOf(workload.Name, servers, blueprint, at), cancel);
        }
    }

    static RecoveryPoint PointOf(string name, int servers, string blueprint, DateTimeOffset at) => new()
    {
        Schema = RecoveryPoint.CurrentSchema,
        Id = $"{at:yyyyMMdd'T'HHmmss'Z'}-00000000",
        Workload = name,
        SourceSite = "A",
        TargetSite = "B",
        Run = "r",
        Blueprint = blueprint,
        BlueprintAt = at,
        DataAt = at,
        Skew = TimeSpan.Zero,
        Consistency = PointConsistency.PerVolume,
        Volumes = [.. Enumerable.Range(0, 2 * servers).Select(v => new VolumeCopy
        {
            Volume = new SourceId($"{name}-v{v}"),
            DataAt = at,
            SizeGib = 10,
            // As large as the records of Cinder are.
            Chain = [.. Enumerable.Range(0, 3).Select(link => new BackupLink { BackupId = $"{name}-{v}-{link}", ParentId = link == 0 ? null : $"{name}-{v}-{link - 1}", Service = "cinder.backup.drivers.posix", Url = new string('x', 700) })],
        })],
    };

    static Blueprint BlueprintOf(string name, int servers)
    {
        SourceId Id(string what) => new($"{name}-{what}");
        return new Blueprint
        {
            Schema = Blueprint.CurrentSchema,
            Workload = name,
            Origin = new BlueprintOrigin { Site = "A", Region = "RegionOne", Project = new SourceId(Project), ProjectName = "demo" },
            Servers = [.. Enumerable.Range(0, servers).Select(i => new ServerBlueprint
            {
                Id = Id($"s{i:00}"), Name = $"s{i}", Flavor = new SourceId("flavor"), EmbeddedFlavor = new FlavorShape { Name = "m1", Vcpus = 1, RamMib = 512, DiskGib = 1 },
                Power = ServerPower.Active, UserData = new string('u', 400), Ports = [new AttachedPort { Port = Id($"p{i:00}") }],
                Volumes = [new AttachedVolume { Volume = Id($"v{2 * i}"), BootIndex = 0 }, new AttachedVolume { Volume = Id($"v{(2 * i) + 1}") }],
            })],
            Volumes = [.. Enumerable.Range(0, 2 * servers).Select(v => new VolumeBlueprint { Id = Id($"v{v}"), Name = $"v{v}", SizeGib = 10 })],
            Networks = [new NetworkBlueprint { Id = Id("n"), Name = "n", Project = new SourceId(Project) }],
            Subnets = [new SubnetBlueprint { Id = Id("sub"), Name = "sub", Network = Id("n"), IpVersion = 4, Cidr = "10.0.0.0/24", IsDhcpEnabled = true }],
            SecurityGroups = [new SecurityGroupBlueprint { Id = Id("g"), Name = "g" }],
            Ports = [.. Enumerable.Range(0, servers).Select(i => new PortBlueprint
            {
                Id = Id($"p{i:00}"), Name = "", Network = Id("n"), MacAddress = $"fa:16:3e:00:00:{i:x2}", Server = Id($"s{i:00}"), SecurityGroups = [Id("g")],
                FixedIps = [new FixedIp(Id("sub"), $"10.0.0.{i + 10}")],
            })],
        };
    }

    static SiteMapping Mapping(string workload) => new()
    {
        Schema = SiteMapping.CurrentSchema,
        Workload = workload,
        From = "A",
        To = "B",
        Project = new MappedResource(new SourceId(Project), "demo", "demo", "demo", "bench"),
        Flavors = [new MappedResource(new SourceId("flavor"), "m1", "m1", "m1", "bench")],
    };
}
