using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Kedge.Lab.Tests;

/// <summary>
/// Movers of both sites, each a process in a compute host of its cloud, and the block repository in the directory that both clouds reach. Those of A
/// may read Ceph's volumes, those of B write them; none knows more of its cloud.
/// </summary>
sealed class LabMovers : IAsyncDisposable
{
    const string ReadsVolumes = "profile rbd-read-only pool=volumes, profile rbd-read-only pool=images, allow rw pool=volumes object_prefix rbd_header.";
    const string WritesVolumes = "profile rbd pool=volumes";
    readonly List<LabMover> running = [];

    static string Blocks => Path.Combine(TwoClouds.State, "backup/blocks");

    static string Keys => Path.Combine(TwoClouds.Home, "keys");

    static string In(string file) => Path.Combine(TwoClouds.Home, file);

    /// <summary>Makes the repository, the users of Ceph, and lets two movers of each site in.</summary>
    public static async Task PrepareAsync()
    {
        if (Directory.Exists(Blocks))
            Directory.Delete(Blocks, recursive: true);
        Directory.CreateDirectory(Blocks);
        Directory.CreateDirectory(Keys);
        await File.WriteAllBytesAsync(In("blocks.key"), RandomNumberGenerator.GetBytes(32));
        // The one key of the lab's Cinders (lab/config/cinder.conf), under the id that such a key has.
        await File.WriteAllTextAsync(Path.Combine(Keys, Guid.Empty.ToString()), new string('0', 64));
        await KedgeAsync("repository", "init", "--blocks", Blocks, "--key", In("blocks.key"));
        foreach (var (cloud, number, site, rights) in ((char, int, string, string)[])[('a', 1, "dc1", ReadsVolumes), ('b', 2, "dc2", WritesVolumes)])
        {
            var user = await InNodeAsync($"{cloud}0", "ceph", "auth", "get-or-create", "client.kedge-mover", "mon", "profile rbd", "osd", rights);
            foreach (var host in (int[])[1, 2])
            {
                await File.WriteAllTextAsync(In("keyring"), user);
                await InNodeAsync($"{cloud}{host}", "cp", In("keyring"), "/etc/ceph/ceph.client.kedge-mover.keyring");
                var name = $"{cloud}{host}";
                await KedgeAsync("mover", "enroll", name, "--site", site, "--board", $"https://10.77.{number}.254:7443", "--out", In($"{name}.identity"));
                await File.WriteAllTextAsync(
                    In($"{name}.yaml"),
                    $$"""
                    identity: {{In($"{name}.identity")}}
                    keys: {{Keys}}
                    repositories:
                      main: {address: {{Blocks}}, key_file: {{In("blocks.key")}}}
                    clusters:
                      ceph: {user: kedge-mover}
                    """);
            }
        }
        File.Delete(In("keyring"));
    }

    /// <summary>A mover is called after the compute host in which it runs: a1, a2, b1, b2.</summary>
    public LabMover Start(string name)
    {
        var mover = LabMover.Start(name, NodeOf(name), In($"{name}.yaml"));
        running.Add(mover);
        return mover;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var mover in running)
            await mover.KillAsync();
    }

    static string NodeOf(string node) => File.ReadAllText(Path.Combine(TwoClouds.State, "nodes", node, "init.pid")).Trim();

    static Task<string> InNodeAsync(string node, params string[] command) => TwoClouds.ScriptAsync("/usr/bin/nsenter", ["-t", NodeOf(node), "-m", "-u", "-i", "-n", "-p", .. command]);

    static async Task KedgeAsync(params string[] arguments)
    {
        var ended = await TwoClouds.KedgeAsync(arguments);
        Assert.True(ended.Code == 0, $"kedge {string.Join(' ', arguments)} ended with {ended.Code}:\n{ended.Error}");
    }
}

/// <summary>One <c>kedge mover run</c> in a node.</summary>
sealed class LabMover
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    readonly Process entered;
    readonly string name;
    readonly ConcurrentQueue<string> lines = new();

    LabMover(Process entered, string name)
    {
        this.entered = entered;
        this.name = name;
        entered.ErrorDataReceived += (_, said) => Keep(said.Data);
        entered.BeginErrorReadLine();
    }

    public static LabMover Start(string name, string node, string settings) => new(
        Process.Start(new ProcessStartInfo("/usr/bin/nsenter", ["-t", node, "-m", "-u", "-i", "-n", "-p", TwoClouds.Kedge, "mover", "run", "--settings", settings])
        {
            RedirectStandardError = true,
            Environment = { ["TMPDIR"] = "/run" },
        })!,
        name);

    /// <summary>Waits until it has said this.</summary>
    public async Task SaysAsync(string part)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!lines.Any(line => line.Contains(part, StringComparison.Ordinal)))
        {
            Assert.False(entered.HasExited, $"The mover {name} ended:\n{string.Join('\n', lines)}");
            Assert.False(patience.IsCancellationRequested, $"The mover {name} did not say '{part}' within {Patience}:\n{string.Join('\n', lines)}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
        }
    }

    /// <summary>SIGKILL, to the mover itself: nsenter only waits for it.</summary>
    public async Task KillAsync()
    {
        if (!entered.HasExited)
        {
            var children = await File.ReadAllTextAsync($"/proc/{entered.Id}/task/{entered.Id}/children");
            foreach (var child in children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                Process.GetProcessById(int.Parse(child, CultureInfo.InvariantCulture)).Kill();
        }
        await entered.WaitForExitAsync();
    }

    void Keep(string? line)
    {
        if (line is null)
            return;
        lines.Enqueue(line);
        TwoClouds.Log($"{name}: {line}");
    }
}
