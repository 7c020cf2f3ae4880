using System.Text.Json;
using Kedge.Testing;

namespace Kedge.Plans.Tests;

/// <summary>A clock, a world, a journal that survives, and executors that come and go.</summary>
internal sealed class House
{
    public static readonly RunId Run = RunId.Parse("0198a3c4d5e67f8091a2b3c4d5e6f708");

    public House()
    {
        World = new World(Clock);
        Journal = new MemoryJournal(Clock);
    }

    public FakeClock Clock { get; } = new();

    public World World { get; }

    public MemoryJournal Journal { get; }

    public Power Power { get; private set; } = Steady();

    public RunLimits Limits { get; set; } = new();

    public List<RunProgress> Heard { get; } = [];

    public static Power Steady() => new(null, where => new PowerLostException(where));

    /// <summary>A new process: everything but the world and the journal is forgotten.</summary>
    public void Start(int? cutAt)
    {
        var power = new Power(cutAt, where => new PowerLostException(where));
        Power = power;
        Journal.OnWrite = (moment, events) => power.Pass($"{moment} writing {string.Join(", ", events.Select(e => e.GetType().Name))}");
    }

    public RunExecutor Executor(Func<PlannedStep, Step>? read = null, string owner = "host/1") =>
        new(Journal, read ?? (_ => new MakeThing(World, Power)), WorldException.Read, Limits, Clock, owner);

    public Task<RunState> BeginAndExecuteAsync(Plan plan, Func<PlannedStep, Step>? read = null) => SimulatedTime.RunAsync(Clock, async () =>
    {
        await Journal.BeginAsync(Run, plan, $"workload/{plan.Subject}", "host/1", CancellationToken.None);
        return await Executor(read).ExecuteAsync(Run, new Ear(Heard), CancellationToken.None);
    });

    public Task<RunState> ExecuteAsync(Func<PlannedStep, Step>? read = null) =>
        SimulatedTime.RunAsync(Clock, () => Executor(read).ExecuteAsync(Run, new Ear(Heard), CancellationToken.None));

    public async Task<List<RecordedEvent>> EventsAsync()
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in Journal.ReadAsync(Run, 0, CancellationToken.None))
            events.Add(e);
        return events;
    }

    private sealed class Ear(List<RunProgress> heard) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => heard.Add(value);
    }
}
