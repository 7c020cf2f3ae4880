using Kedge.Sandbox.BlockStorage;
using Kedge.Sandbox.Compute;
using Kedge.Sandbox.Faults;
using Kedge.Sandbox.Identity;
using Kedge.Sandbox.Imaging;
using Kedge.Sandbox.Networking;
using Kedge.Sandbox.Orchestration;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Cloud;

/// <summary>Everything that exists in one cloud. Guarded by the cloud's one lock.</summary>
sealed class CloudState
{
    readonly Timeline timeline;

    public CloudState(SandboxSettings settings, TimeProvider clock, SandboxFaults faults)
    {
        Settings = settings;
        Faults = faults;
        Ids = new Ids(settings.Seed, settings.Name);
        timeline = new Timeline(clock);
        Backups = settings.Backups ?? new BackupStore();
        Keystone = new Keystone(this);
        Neutron = new Neutron(this);
        Glance = new Glance(this);
        Cinder = new Cinder(this);
        Nova = new Nova(this);
        Heat = new Heat();
        Apis =
        [
            KeystoneRoutes.Define(),
            NovaRoutes.Define(settings),
            NeutronRoutes.Define(),
            CinderRoutes.Define(settings),
            GlanceRoutes.Define(),
            HeatRoutes.Define(),
        ];
    }

    public IReadOnlyList<Api> Apis { get; }

    public SandboxSettings Settings { get; }
    public SandboxFaults Faults { get; }
    public Ids Ids { get; }
    public BackupStore Backups { get; }
    public Keystone Keystone { get; }
    public Nova Nova { get; }
    public Neutron Neutron { get; }
    public Cinder Cinder { get; }
    public Glance Glance { get; }
    public Heat Heat { get; }

    /// <summary>Set while a workload is built behind the scenes: everything happens at once.</summary>
    public bool IsInstant { get; set; }

    public SandboxLatencies Latencies => IsInstant ? SandboxLatencies.None : Settings.Latencies;

    /// <summary>Where volumes are served to hosts that attach them; 0 while the cloud does not listen.</summary>
    public int NbdPort { get; set; }

    public DateTimeOffset Now => timeline.Now;

    /// <summary>Lets everything happen that is due.</summary>
    public void Advance() => timeline.Advance();

    public void In(TimeSpan after, Action then) => timeline.In(after, then);
}
