using System.Globalization;
using System.Text.Json;
using Kedge.Availability.Pacemaker;

namespace Kedge.HaLab.Tests.Measuring;

/// <summary>Does a fault for real, waits until all is as before, and says how long what took.</summary>
static class Measurement
{
    /// <summary>The user of the service must have had so many answers in a row, a second of them.</summary>
    const int Lately = 10;

    /// <summary>The resource that is the virtual IP.</summary>
    public const string Address = "kedge-vip";

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>How often each fault is measured; 0: the tests, which do each once.</summary>
    public static int Rounds { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("KEDGE_HA_ROUNDS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : 0;

    /// <summary>Outlives the lab, so that a page can be written from several sittings on one machine.</summary>
    static string Kept => Path.Combine(HaLab.State, "ha-recovery.jsonl");

    public static IReadOnlyList<Recovery> All =>
        File.Exists(Kept) ? [.. File.ReadLines(Kept).Select(line => JsonSerializer.Deserialize<Recovery>(line)!)] : [];

    /// <summary>Switches the lab to what Pacemaker is to keep, when it keeps something else.</summary>
    public static async Task<ClusterStatus> SetUpAsync(string setup, CancellationToken cancel)
    {
        var file = Path.Combine(HaLab.Home, "setup");
        if (!File.Exists(file) || (await File.ReadAllTextAsync(file, cancel)).Trim() != setup)
            await HaLab.LabAsync("setup", setup);
        return await RestAsync(cancel);
    }

    public static async Task<Recovery> RunAsync(string setup, Fault fault, CancellationToken cancel)
    {
        var before = await SetUpAsync(setup, cancel);
        await using var client = await Client.StartAsync();
        await UntilAsync("a user who is answered", () => Task.FromResult(client.IsContent(default, Lately)), cancel);

        var began = TimeProvider.System.GetUtcNow();
        var (at, victim) = await DoAsync(setup, fault, before, cancel);
        var isNode = fault is Fault.NodeKilled or Fault.DcKilled or Fault.CableCut;
        var whole = at;
        await UntilAsync(
            $"everything as before {fault}",
            async () =>
            {
                if (fault is Fault.CableCut && Traces.Fenced(at, victim) is not null && !HaLab.HasPower(victim))
                    return false;
                whole = TimeProvider.System.GetUtcNow();
                var now = await HaLab.StatusAsync(cancel);
                return now is not null && IsAsBefore(now, before) && (!isNode || Traces.Fenced(at, victim) is not null)
                    && (isNode || fault is Fault.AllSwitchedOnAtOnce || Traces.Noticed(at, "rsc=kedge-nova-api", "kind=resource") is not null)
                    && client.IsContent(at, Lately);
            },
            cancel);
        await Client.TokenAsync();
        Print(client.Attempts, at);

        Assert.Empty(Traces.TwoAtOnce(began));
        return Keep(setup, fault, at, whole, isNode ? Traces.Noticed(at, "kind=node", $"node={victim}", "desc=lost") : SeenOfService(at), isNode ? victim : null, client.Attempts);
    }

    public static string Machine => $"{Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}";

    public static Recovery Keep(Recovery recovery)
    {
        File.AppendAllText(Kept, JsonSerializer.Serialize(recovery) + "\n");
        Console.WriteLine(recovery);
        return recovery;
    }

    /// <summary>The end of the first outage: an answer from which on a second's worth of requests in a row are answered.</summary>
    public static DateTimeOffset? Answering(Attempt[] after)
    {
        var outage = Array.FindIndex(after, attempt => !attempt.Answered);
        var from = outage < 0 || outage > Lately * 3 ? 0 : outage;
        for (; from + Lately <= after.Length; from++)
        {
            if (after.Skip(from).Take(Lately).All(attempt => attempt.Answered))
                return after.Skip(from).Take(Lately).Min(attempt => attempt.Ended);
        }
        return null;
    }

    static DateTimeOffset? SeenOfService(DateTimeOffset at) => Traces.Noticed(at, "rsc=kedge-nova-api", "kind=resource");

    static void Print(IEnumerable<Attempt> attempts, DateTimeOffset at)
    {
        foreach (var lost in attempts.Where(attempt => attempt.Begun >= at && !attempt.Answered).GroupBy(attempt => attempt.Detail))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  lost {lost.Count()}, begun {Seconds(at, lost.Min(one => one.Begun))} to {Seconds(at, lost.Max(one => one.Begun))} s after: {lost.Key}"));
    }

    static Recovery Keep(
        string setup, Fault fault, DateTimeOffset at, DateTimeOffset whole, DateTimeOffset? seen, string? fencedNode, IReadOnlyList<Attempt> attempts)
    {
        var after = attempts.Where(attempt => attempt.Begun >= at).ToArray();
        return Keep(new Recovery(
            setup,
            fault,
            Seconds(at, fault is Fault.AllSwitchedOnAtOnce ? null : seen),
            Seconds(at, fencedNode is null ? null : Traces.Fenced(at, fencedNode)),
            Seconds(at, Answering(after))!.Value,
            Seconds(at, whole)!.Value,
            after.Count(attempt => !attempt.Answered),
            Machine,
            at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)));
    }

    /// <summary>The moment of the fault, and the node it was done to.</summary>
    static async Task<(DateTimeOffset At, string Victim)> DoAsync(string setup, Fault fault, ClusterStatus before, CancellationToken cancel)
    {
        switch (fault)
        {
            case Fault.ServiceKilled:
            case Fault.ServiceHung:
                return await HaLab.SignalAsync(AddressOf(before), "nova-api", fault is Fault.ServiceKilled ? "KILL" : "STOP", cancel);
            case Fault.NodeKilled:
            {
                var there = AddressOf(before);
                var victim = there != before.Dc ? there : await MoveAddressAsync(before.Nodes.First(node => node.Name != before.Dc).Name, before, cancel);
                return (await HaLab.CutPowerAsync(victim), victim);
            }
            case Fault.DcKilled:
            {
                // Where the virtual IP is: in Kedge's layout never there, elsewhere wherever it happens to be. The harder case is the one to measure.
                var victim = before.Dc!;
                if (setup is not ("kedge" or "modern"))
                    await MoveAddressAsync(victim, before, cancel);
                return (await HaLab.CutPowerAsync(victim), victim);
            }
            case Fault.CableCut:
            {
                var victim = AddressOf(before);
                return (await HaLab.CutCableAsync(victim), victim);
            }
            case Fault.AllSwitchedOnAtOnce:
                foreach (var node in HaLab.Nodes)
                    await HaLab.CutPowerAsync(node);
                var at = TimeProvider.System.GetUtcNow();
                await Task.WhenAll(HaLab.Nodes.Select(HaLab.PowerOnAsync));
                return (at, "");
            default:
                throw new ArgumentOutOfRangeException(nameof(fault));
        }
    }

    public static string AddressOf(ClusterStatus status) => status.Resources.Single(resource => resource.Id == Address).Nodes.Single();

    /// <summary>Brings the virtual IP, and what goes with it, to the node that is to be hit.</summary>
    static async Task<string> MoveAddressAsync(string node, ClusterStatus before, CancellationToken cancel)
    {
        if (AddressOf(before) == node)
            return node;
        await HaLab.AskAsync(node, ["crm_resource", "--move", "--resource", Address, "--node", node], cancel);
        await UntilAsync($"{Address} on {node}", async () => await HaLab.StatusAsync(cancel) is { } now && IsAsBefore(now, before) && AddressOf(now) == node, cancel);
        await HaLab.AskAsync(node, ["crm_resource", "--clear", "--resource", Address], cancel);
        await RestAsync(cancel);
        return node;
    }

    /// <summary>As many running instances of each resource as before, on nodes that are all there.</summary>
    public static bool IsAsBefore(ClusterStatus now, ClusterStatus before) =>
        now is { Dc: not null, HasQuorum: true } && now.Nodes.Count(node => node.State == "online") == HaLab.Nodes.Count
        && Running(now).SetEquals(Running(before));

    static HashSet<(string, int)> Running(ClusterStatus status) =>
    [
        .. status.Resources.Where(resource => resource.Role is "Started" or "Promoted" && !resource.Failed)
            .GroupBy(resource => resource.Id).Select(instances => (instances.Key, instances.Sum(instance => instance.Nodes.Count))),
    ];

    /// <summary>Whole, everything that is to run runs, and no more is to be done; old failures are forgotten.</summary>
    public static async Task<ClusterStatus> RestAsync(CancellationToken cancel)
    {
        var status = await HaLab.UntilWholeAsync(cancel);
        await HaLab.AskAsync(status.Dc!, ["crm_resource", "--wait", "--timeout", "150"], cancel);
        status = (await HaLab.StatusAsync(cancel))!;
        if (status.Failures is [])
            return status;
        // A cleanup has every node look for everything anew: only for what failed. Operations are called resource_operation_interval.
        foreach (var failed in status.Failures.Select(failure => string.Join('_', failure.Operation.Split('_')[..^2])).Distinct())
            await HaLab.AskAsync(status.Dc!, ["crm_resource", "--cleanup", "--resource", failed], cancel);
        await HaLab.AskAsync(status.Dc!, ["crm_resource", "--wait", "--timeout", "150"], cancel);
        return (await HaLab.StatusAsync(cancel))!;
    }

    public static async Task UntilAsync(string what, Func<Task<bool>> there, CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await there())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"Not there after {Patience.TotalSeconds} s: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancel);
        }
    }

    public static double? Seconds(DateTimeOffset from, DateTimeOffset? to) => to is { } then ? Math.Round((then - from).TotalSeconds, 2) : null;
}
