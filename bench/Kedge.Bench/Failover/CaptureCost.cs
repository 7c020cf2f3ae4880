using System.Diagnostics;
using System.Globalization;
using Kedge.Bench.Blocks;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;
using Kedge.Sandbox.Workloads;

namespace Kedge.Bench.Failover;

/// <summary>
/// A capture of many servers. It runs in a child process, so that its peak of memory is its own; the cloud stays in this one.
/// </summary>
sealed record CaptureCost(int Servers, TimeSpan Took, int Calls, double PeakMebibytes)
{
    public static async Task<CaptureCost> MeasureAsync(int servers, CancellationToken cancel)
    {
        await using var cloud = SandboxCloud.Create(new SandboxSettings { Name = "A" }, TimeProvider.System);
        await cloud.ListenAsync(cancel);
        await ScaleWorkload.BuildAsync(cloud, servers, cancel);
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["failover", "capture", cloud.AuthUrl.ToString(), cloud.Settings.Password])
        {
            RedirectStandardOutput = true,
        };
        using var child = Process.Start(start)!;
        var said = await child.StandardOutput.ReadToEndAsync(cancel);
        await child.WaitForExitAsync(cancel);
        if (child.ExitCode != 0)
            throw new InvalidOperationException($"The capture ended with {child.ExitCode}.");
        var numbers = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0], parts => long.Parse(parts[1], CultureInfo.InvariantCulture));
        return new CaptureCost((int)numbers["servers"], TimeSpan.FromMilliseconds(numbers["took_ms"]), (int)numbers["calls"], numbers["peak_kib"] / 1024.0);
    }

    /// <summary>What the child does.</summary>
    public static async Task<int> CaptureAsync(string authUrl, string password, CancellationToken cancel)
    {
        var site = TwoClouds.SiteAt("A", new Uri(authUrl), password);
        await using var tenant = site.Tenant;
        await using var admin = site.Admin!;
        var workload = new Workload { Name = "scale", From = "A", To = "B", Selection = new WorkloadSelection.ByTag(ScaleWorkload.Tag) };
        var began = Stopwatch.GetTimestamp();
        var captured = await new BlueprintCapture(TimeProvider.System).CaptureAsync(workload, site, null, cancel);
        Report.Print("took_ms", (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        Report.Print("servers", captured.Blueprint.Servers.Length);
        Report.Print("calls", captured.Calls);
        Report.Peak();
        return 0;
    }
}
