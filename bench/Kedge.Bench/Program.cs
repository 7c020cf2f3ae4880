using Kedge.Bench.Blocks;
using Kedge.Bench.Failover;
using Kedge.Bench.Scale;

namespace Kedge.Bench;

/// <summary>`dev/bench PART …`: each part is a folder and a line here.</summary>
static class Program
{
    static async Task<int> Main(string[] args)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            stop.Cancel();
        };
        switch (args)
        {
            case ["blocks", .. var rest]:
                return await BlocksPart.RunAsync(rest, stop.Token);
            case ["failover", .. var rest]:
                return await FailoverPart.RunAsync(rest, stop.Token);
            case ["scale", .. var rest]:
                return await ScalePart.RunAsync(rest, stop.Token);
            default:
                await Console.Error.WriteLineAsync($"usage: dev/bench blocks [--dir FOLDER] [--mib DATA] [--repeat N] [--page FILE]\n       dev/bench {FailoverPart.Usage}\n       dev/bench {ScalePart.Options}");
                return 2;
        }
    }
}
