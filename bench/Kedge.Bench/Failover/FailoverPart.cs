using System.Globalization;
using Kedge.OpenStack;

namespace Kedge.Bench.Failover;

/// <summary>
/// <c>dev/bench failover</c>: how near a failover of many servers comes to its critical path, and what a capture of very many costs.
/// Results are ratios and always exit 0: a loaded machine proves nothing.
/// </summary>
static class FailoverPart
{
    public const string Usage = "failover [--servers N] [--capture N] [--page FILE]";

    public static async Task<int> RunAsync(string[] args, CancellationToken cancel)
    {
        if (args is ["capture", var authUrl, var password])
            return await CaptureCost.CaptureAsync(authUrl, password, cancel);
        var (servers, captured, page) = (100, 1000, (string?)null);
        for (var rest = args.AsSpan(); !rest.IsEmpty; rest = rest[2..])
        {
            switch (rest)
            {
                case ["--servers", var n, ..] when int.TryParse(n, CultureInfo.InvariantCulture, out servers):
                case ["--capture", var m, ..] when int.TryParse(m, CultureInfo.InvariantCulture, out captured):
                    break;
                case ["--page", var file, ..]:
                    page = file;
                    break;
                default:
                    await Console.Error.WriteLineAsync($"usage: dev/bench {Usage}");
                    return 2;
            }
        }

        var machine = MachineState.Now();
        var folder = Directory.CreateTempSubdirectory("kedge-bench-").FullName;
        try
        {
            Console.WriteLine($"A failover of 1 server, one of {servers}, and a capture of {captured}; on a usual day that takes three minutes.");
            var alone = await FailoverTime.MeasureAsync(1, Directory.CreateDirectory(Path.Combine(folder, "one")).FullName, cancel);
            var many = await FailoverTime.MeasureAsync(servers, Directory.CreateDirectory(Path.Combine(folder, "many")).FullName, cancel);
            var capture = await CaptureCost.MeasureAsync(captured, cancel);
            var lines = FailoverReport.Lines(servers, alone, many, capture, [machine, MachineState.Now()]);
            foreach (var line in lines)
                Console.WriteLine(line);
            if (page is not null)
                await ResultPage.ReplaceAsync(page, "Failover and capture", lines, cancel);
            return 0;
        }
        catch (OpenStackException e)
        {
            await Console.Error.WriteLineAsync($"dev/bench failover: {e.Message}");
            return 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
