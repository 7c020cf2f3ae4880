using System.Diagnostics;
using System.Globalization;

namespace Kedge.HaLab.Tests.Measuring;

/// <summary>Faults in which doing nothing, or waiting, is right. Each once, and the cluster is as before.</summary>
static class WaitingIsRight
{
    /// <summary>Kept: when the last service had stopped, and how long after the power came back users were answered.</summary>
    public static async Task TwoOfThreeLostAsync(CancellationToken cancel)
    {
        var before = await Measurement.SetUpAsync("kedge", cancel);
        var survivor = before.Dc!;
        var lost = HaLab.Nodes.Where(node => node != survivor).ToArray();
        await using var client = await Client.StartAsync();
        var at = TimeProvider.System.GetUtcNow();
        foreach (var node in lost)
            await HaLab.CutPowerAsync(node);
        await HaLab.UntilAsync(
            "no service on a node without quorum",
            status => !status.HasQuorum && status.Resources.All(resource => resource.Agent.StartsWith("stonith:", StringComparison.Ordinal) || !resource.Nodes.Contains(survivor)),
            cancel);
        var stopped = TimeProvider.System.GetUtcNow() - at;
        Assert.Equal(0, Traces.FencingAttempts(at));

        var on = TimeProvider.System.GetUtcNow();
        await Task.WhenAll(lost.Select(HaLab.PowerOnAsync));
        await Measurement.UntilAsync("all as before two were lost", async () => await HaLab.StatusAsync(cancel) is { } now && Measurement.IsAsBefore(now, before) && client.IsContent(on, 10), cancel);

        Assert.Empty(Traces.TwoAtOnce(at));
        Keep(Fault.TwoOfThreeLost, stopped.TotalSeconds, on, client);
    }

    /// <summary>Kept: how long after the device was mended, or the operator gave his word, users were answered.</summary>
    public static async Task FencingBrokenAsync(bool byHand, CancellationToken cancel)
    {
        var before = await Measurement.SetUpAsync("kedge", cancel);
        var victim = Measurement.AddressOf(before);
        await using var client = await Client.StartAsync();
        await HaLab.LabAsync("power", "broken");
        var at = await HaLab.CutPowerAsync(victim);
        var mended = at;
        try
        {
            // Four refusals: Pacemaker has tried more than once, and would have given up if it were going to.
            await Measurement.UntilAsync("refused fencing", () => Task.FromResult(Traces.Count("power.log", at, " error") >= 4), cancel);
            var now = (await HaLab.StatusAsync(cancel))!;
            Assert.Contains(now.Nodes, node => node.Name == victim && node.Unclean);
            Assert.DoesNotContain(now.Resources, resource => resource.Id == Measurement.Address && resource.Nodes.Any(node => node != victim));

            mended = TimeProvider.System.GetUtcNow();
            if (byHand)
            {
                using var kedge = new KedgeInLab();
                await kedge.DoAsync("confirm-off", victim, "--host", HaLab.Nodes.First(node => node != victim), "--yes");
            }
            else
            {
                await HaLab.LabAsync("power", "mended");
            }
            await HaLab.UntilAsync(
                "the virtual IP elsewhere", status => status.Resources.Any(resource => resource.Id == Measurement.Address && resource.Nodes is [var node] && node != victim), cancel);
            await Measurement.UntilAsync("a user who is answered", () => Task.FromResult(client.IsContent(mended, 10)), cancel);
        }
        finally
        {
            await HaLab.LabAsync("power", "mended");
            if (!HaLab.HasPower(victim))
                await HaLab.PowerOnAsync(victim);
        }
        await Measurement.UntilAsync("all as before", async () => await HaLab.StatusAsync(cancel) is { } all && Measurement.IsAsBefore(all, before), cancel);

        Assert.Empty(Traces.TwoAtOnce(at));
        Keep(byHand ? Fault.FencingConfirmed : Fault.FencingBroken, null, mended, client);
    }

    /// <summary>Eight busy loops with the priority of everything else.</summary>
    public static async Task StarvedAsync(TimeSpan time, CancellationToken cancel)
    {
        var before = await Measurement.SetUpAsync("kedge", cancel);
        var at = TimeProvider.System.GetUtcNow();
        var hogs = Enumerable.Range(0, 8).Select(_ => Process.Start(new ProcessStartInfo("sh", ["-c", "while :; do :; done"]))!).ToArray();
        try
        {
            await Task.Delay(time, TimeProvider.System, cancel);
            SafetyNotes.Add("CPU starved", string.Create(CultureInfo.InvariantCulture, $"8 busy loops for {time.TotalMinutes:0.#} minutes, load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]} at the end: {Traces.FencingAttempts(at)} fenced"));
        }
        finally
        {
            foreach (var hog in hogs)
            {
                hog.Kill();
                hog.Dispose();
            }
        }

        Assert.Equal(0, Traces.FencingAttempts(at));
        var after = await HaLab.UntilWholeAsync(cancel);
        Assert.Equal(before.Nodes.Count, after.Nodes.Count(node => node.Online));
        Assert.Empty(Traces.TwoAtOnce(at));
    }

    static void Keep(Fault fault, double? seen, DateTimeOffset from, Client client)
    {
        var after = client.Attempts.Where(attempt => attempt.Begun >= from).ToArray();
        Measurement.Keep(new(
            "kedge", fault, seen is { } s ? Math.Round(s, 2) : null, null, Measurement.Seconds(from, Measurement.Answering(after))!.Value,
            Measurement.Seconds(from, TimeProvider.System.GetUtcNow())!.Value, after.Count(attempt => !attempt.Answered), Measurement.Machine, from.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)));
    }
}
