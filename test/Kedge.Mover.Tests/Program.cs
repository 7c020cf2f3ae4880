using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Kedge.Mover.Boards;
using Kedge.Mover.Settings;

namespace Kedge.Mover.Tests;

/// <summary>The test runner; and, when it is asked to, a mover that tests kill and pause.</summary>
static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["mover", var settings]) return await MoveAsync(settings);
        return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }

    static async Task<int> MoveAsync(string path)
    {
        using var stop = new CancellationTokenSource();
        using var told = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        var settings = MoverSettingsReader.Read(JsonNode.Parse(await File.ReadAllTextAsync(path)), MoverUse.Remote);
        using var identity = MoverIdentity.Open(settings.Identity!);
        var boards = settings.Boards.Select(board => new HttpBoard(board, identity, TimeProvider.System)).ToList();
        using (var host = new MoverHost(settings, boards, TimeProvider.System, Console.Out)) await host.RunAsync(stop.Token);
        foreach (var board in boards) board.Dispose();
        Console.WriteLine(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)));
        return 0;
    }
}
