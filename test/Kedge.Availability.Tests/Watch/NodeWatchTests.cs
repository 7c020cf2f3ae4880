using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Kedge.Availability.Watch;

namespace Kedge.Availability.Tests.Watch;

/// <summary>The watcher of a node on real processes; Pacemaker at the wire.</summary>
public sealed class NodeWatchTests : IDisposable
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(20);
    static readonly WatchSettings Pace = new(Quick, Quick, Quick, Soon, 3, Quick);

    readonly string pidFile = Path.GetTempFileName();
    readonly BlockingCollection<WatchNote> notes = [];
    readonly Process service = Process.Start("sleep", "3600");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        service.Kill();
        service.Dispose();
        notes.Dispose();
        File.Delete(pidFile);
    }

    [Fact]
    public async Task A_death_is_told_once()
    {
        var node = new Node { Cib = CibWithFile() };
        await using var watch = await WatchAsync(node);

        service.Kill();

        Assert.Equal((Suspicion.Died, Verdict.Told), Next());
        await watch.LookAsync();
        Assert.Single(node.Told);
    }

    [Fact]
    public async Task A_process_that_is_stopped_by_a_signal_is_suspected()
    {
        var node = new Node { Cib = CibWithFile(), AgentCode = 1 };
        await using var watch = await WatchAsync(node);

        using var stop = Process.Start("kill", ["-STOP", service.Id.ToString(CultureInfo.InvariantCulture)]);

        Assert.Equal((Suspicion.Frozen, Verdict.Told), Next());
    }

    [Fact]
    public async Task A_watcher_outlives_a_restart_of_Pacemaker()
    {
        var node = new Flaky(new Node { Cib = CibWithFile() });
        await using var watch = await WatchAsync(node);

        node.Away = true;
        await Running.UntilAsync(() => watch.Watching == 0);
        node.Away = false;
        await Running.UntilAsync(() => watch.Watching > 0);
        service.Kill();

        Assert.Equal((Suspicion.Died, Verdict.Told), Next());
    }

    (Suspicion Suspicion, Verdict Verdict) Next() =>
        notes.TryTake(out var note, (int)Soon.TotalMilliseconds, Cancel) ? (note.Suspicion, note.Verdict) : throw new TimeoutException("Nothing was suspected.");

    string CibWithFile()
    {
        File.WriteAllText(pidFile, service.Id.ToString(CultureInfo.InvariantCulture));
        return WatchListTests.Running(text => text.Replace("name=\"port\" value=\"8774\"", $"name=\"pid\" value=\"{pidFile}\"/><nvpair id=\"u\" name=\"url\" value=\"\"", StringComparison.Ordinal)).ToString();
    }

    async Task<Running> WatchAsync(Kedge.Availability.Pacemaker.IClusterCommands node)
    {
        var running = new Running(new NodeWatch(node, "n2", Pace, TimeProvider.System, notes.Add));
        await Running.UntilAsync(() => running.Watching > 0);
        return running;
    }

    sealed class Running : IAsyncDisposable
    {
        readonly CancellationTokenSource end = new();
        readonly NodeWatch watch;
        readonly Task task;

        public Running(NodeWatch watch)
        {
            this.watch = watch;
            task = watch.RunAsync(end.Token);
        }

        public int Watching => watch.Count;

        public static async Task UntilAsync(Func<bool> there)
        {
            using var limit = new CancellationTokenSource(Soon, TimeProvider.System);
            while (!there())
                await Task.Delay(Quick, TimeProvider.System, limit.Token);
        }

        /// <summary>A few more turns: what would be told twice would be told now.</summary>
        public async Task LookAsync()
        {
            for (var turn = 0; turn < 5; turn++)
            {
                watch.LookNow();
                await Task.Delay(Quick, TimeProvider.System, Cancel);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await end.CancelAsync();
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            watch.Dispose();
            end.Dispose();
        }
    }

    sealed class Flaky(Node node) : Kedge.Availability.Pacemaker.IClusterCommands
    {
        public bool Away { get; set; }

        public Task<Kedge.Availability.Pacemaker.CommandAnswer> RunAsync(IReadOnlyList<string> command, string? input, TimeSpan limit, CancellationToken cancel) =>
            Away ? Task.FromResult(new Kedge.Availability.Pacemaker.CommandAnswer(102, "", "Could not connect to the CIB")) : node.RunAsync(command, input, limit, cancel);
    }
}
