using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Watch;

/// <summary>Looks at one resource on this node, by its process and by its API, and says what looks wrong.</summary>
sealed class ResourceWatch(Watched watched, WatchSettings settings, IClusterCommands commands, ProcessDeaths deaths, HttpProbe probe, TimeProvider clock)
{
    /// <summary>Until cancelled. A report is awaited before the next look, so that one resource never has two under way for one reason.</summary>
    public Task RunAsync(Func<Suspicion, Task<Verdict>> report, CancellationToken cancel) => Task.WhenAll(
        watched.HasProcess ? WatchProcessAsync(report, cancel) : Task.CompletedTask,
        watched.Url is { } url ? WatchApiAsync(url, report, cancel) : Task.CompletedTask);

    async Task WatchProcessAsync(Func<Suspicion, Task<Verdict>> report, CancellationToken cancel)
    {
        var reported = 0;
        while (true)
        {
            var pid = await ProcessSight.FindAsync(watched, commands, cancel);
            // The same number again: its successor has not written its own yet, and the death is told.
            if (pid is { } living && living != reported)
            {
                var wasThere = Directory.Exists($"/proc/{living}");
                await DieAsync(living, report, cancel);
                var verdict = await report(wasThere ? Suspicion.Died : Suspicion.Missing);
                // What nobody could judge now is asked again later, as long as the dead one is still named.
                reported = verdict is Verdict.TooOften or Verdict.NoAnswer ? 0 : living;
                if (reported == 0)
                    await Task.Delay(settings.Rescan, clock, cancel);
            }
            // To read a file costs nothing, to ask systemd a process.
            await Task.Delay(watched.Unit is null ? settings.LookAgain : settings.LookAgain * 4, clock, cancel);
        }
    }

    /// <summary>Returns when the process is dead; reports on the way that it is stopped.</summary>
    async Task DieAsync(int pid, Func<Suspicion, Task<Verdict>> report, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var death = deaths.WaitAsync(pid, end.Token);
        var frozen = 0;
        try
        {
            while (await Task.WhenAny(death, Task.Delay(settings.LookAgain, clock, cancel)) != death)
            {
                frozen = ProcessSight.IsFrozen(pid) ? frozen + 1 : 0;
                if (frozen >= settings.Tries)
                {
                    await report(Suspicion.Frozen);
                    frozen = 0;
                }
                cancel.ThrowIfCancellationRequested();
            }
            await death;
        }
        finally
        {
            await end.CancelAsync();
            await death.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task WatchApiAsync(Uri url, Func<Suspicion, Task<Verdict>> report, CancellationToken cancel)
    {
        var bad = 0;
        // What never answered is not known to speak HTTP here: its own monitor judges it.
        var answeredOnce = false;
        while (true)
        {
            var suspicion = await probe.AskAsync(url, settings.ProbeLimit, cancel);
            answeredOnce |= suspicion is null;
            bad = suspicion is null ? 0 : bad + 1;
            if (suspicion is { } wrong && answeredOnce && bad >= settings.Tries)
            {
                bad = 0;
                await report(wrong);
            }
            // One that is suspected is asked again at once: it has already taken its limit.
            await Task.Delay(bad > 0 ? settings.ProbeEvery / 5 : settings.ProbeEvery, clock, cancel);
        }
    }
}
