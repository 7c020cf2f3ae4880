using Kedge.Blocks.Devices;
using Kedge.Blocks.Nbd;

namespace Kedge.Blocks.Tests.Nbd;

public sealed class NbdFuzzTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_says_anything_at_all_neither_crashes_nor_hangs_the_client()
    {
        var endings = new Dictionary<string, int>();

        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancel }, async (seed, cancel) =>
        {
            var ending = await TalkAsync(seed, cancel);
            lock (endings) endings[ending] = endings.GetValueOrDefault(ending) + 1;
        });

        Assert.True(endings.GetValueOrDefault(nameof(DeviceFault.Protocol)) > 10, string.Join(", ", endings));
    }

    static async Task<string> TalkAsync(int seed, CancellationToken cancel)
    {
        await using var server = new LyingServer(seed, 1 << 20);
        var endpoint = new NbdEndpoint { Host = "127.0.0.1", Port = server.Port, Connections = 1, ConnectWithin = TimeSpan.FromSeconds(0.5), AnswerWithin = TimeSpan.FromSeconds(0.5) };
        try
        {
            await using var device = await NbdDevice.ConnectAsync(endpoint, TimeProvider.System, cancel);
            var buffer = new byte[1000];
            for (var i = 0; i < 20; i++)
            {
                await device.ReadAsync(i * 512, buffer, cancel);
                await device.WriteAsync(i * 512, buffer, cancel);
                await device.FindContentAsync(new Extent(0, device.SizeBytes), [], cancel);
            }
            return "fine";
        }
        catch (DeviceException e)
        {
            return e.Fault.ToString();
        }
    }
}
