using System.Text.RegularExpressions;
using Kedge.OpenStack;
using Kedge.OpenStack.Compute;

namespace Kedge.Lab.Tests;

/// <summary>What the guest says of itself (lab/guest/init), read through Nova.</summary>
static partial class GuestConsole
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static Task<string> ReadAsync(Cloud cloud, ServerId server) => cloud.Compute.GetConsoleOutputAsync(server, 2000, CancellationToken.None);

    /// <summary>The newest count of the first data volume; null: none said yet.</summary>
    public static async Task<long?> CountAsync(Cloud cloud, ServerId server) =>
        Ticks().Matches(await ReadAsync(cloud, server)).LastOrDefault() is { } last ? long.Parse(last.Groups[1].Value) : null;

    /// <summary>The newest count of the disk that the guest boots from; null: none said yet.</summary>
    public static async Task<long?> BootCountAsync(Cloud cloud, ServerId server) =>
        BootTicks().Matches(await ReadAsync(cloud, server)).LastOrDefault() is { } last ? long.Parse(last.Groups[1].Value) : null;

    public static async Task WaitForCountAsync(Cloud cloud, ServerId server, long count) =>
        await WaitAsync($"count {count} of {server}", async () => await CountAsync(cloud, server) >= count);

    public static Task WaitForTextAsync(Cloud cloud, ServerId server, string text) =>
        WaitAsync($"'{text}' on the console of {server}", async () => (await ReadAsync(cloud, server)).Contains(text, StringComparison.Ordinal));

    /// <summary>What the counter of a data volume stood at when the guest mounted it.</summary>
    public static async Task<long> CountAtMountAsync(Cloud cloud, ServerId server, string disk)
    {
        await WaitForTextAsync(cloud, server, $"MOUNT {disk} counter=");
        return long.Parse(Regex.Match(await ReadAsync(cloud, server), $"MOUNT {disk} counter=([0-9]+)").Groups[1].Value);
    }

    static async Task WaitAsync(string what, Func<Task<bool>> isThere)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await isThere())
        {
            if (patience.IsCancellationRequested)
                Assert.Fail($"Waited {Patience} for {what}.");
            await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }

    [GeneratedRegex("TICK [0-9]+ .*vda=([0-9]+)")]
    private static partial Regex BootTicks();

    [GeneratedRegex("TICK [0-9]+ vdb=([0-9]+)")]
    private static partial Regex Ticks();
}
