using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Kedge.Tests.Journey;

/// <summary>How movers come to a run: one in the run's own process (movers/here.yaml), others through the door (KEDGE_MOVERS).</summary>
public sealed class MoverJourneyTests
{
    [Fact]
    public async Task A_point_is_read_by_a_mover_in_this_process_and_written_to_standbys_by_one_that_comes_in_through_the_door()
    {
        await using var desk = await Desk.WithShopAsync(clock: TimeProvider.System);
        var address = $"https://localhost:{FreePort()}";
        await PrepareAsync(desk);
        // What was written down at enrolment is not where this one comes: the variable says where.
        await desk.DoAsync("mover enroll south --site dc2 --board https://localhost:1");
        await WriteAsync(desk, "south.yaml", new { identity = Path.Combine(desk.Folder, "south.identity"), boards = new[] { address }, repositories = Repositories(desk), nbd = new[] { "*" } });
        desk.Movers = address;
        using var south = desk.Start("mover run --settings south.yaml");
        var said = south.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        var typed = await desk.DoAsync("protect shop");
        south.Kill();

        Assert.Contains("volume app-data: blocks", typed.Error, StringComparison.Ordinal);
        Assert.Contains("holds the point, verified", typed.Error, StringComparison.Ordinal);
        Assert.Contains("write: done", await said, StringComparison.Ordinal);
        await south.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_enrolment_whose_file_cannot_be_written_lets_nobody_in_and_ends_nobody()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.DoAsync("mover enroll north --site dc1 --board https://localhost:7443 --board https://north.example.org:7443");
        var enrolled = Path.Combine(desk.Data, "movers/enrolled/dc1.north.crt");
        var before = await File.ReadAllTextAsync(enrolled, TestContext.Current.CancellationToken);

        var typed = await desk.TypeAsync("mover enroll north --site dc1 --board https://localhost:7444 --out nowhere/north.identity");
        await desk.DoAsync("mover enroll south --site dc2 --board https://south.example.org:7443");

        Assert.NotEqual(ExitCodes.Done, typed.Code);
        Assert.Equal(before, await File.ReadAllTextAsync(enrolled, TestContext.Current.CancellationToken));
        Assert.Equal(
            ["https://localhost:7443", "https://north.example.org:7443", "https://south.example.org:7443"],
            await File.ReadAllLinesAsync(Path.Combine(desk.Data, "movers/boards"), TestContext.Current.CancellationToken));
    }

    static async Task PrepareAsync(Desk desk)
    {
        await File.WriteAllBytesAsync(Path.Combine(desk.Folder, "key"), new byte[32], TestContext.Current.CancellationToken);
        await desk.DoAsync("repository init --blocks blocks --key key");
        Directory.CreateDirectory(Path.Combine(desk.Data, "movers"));
        await WriteAsync(desk, "data/movers/here.yaml", new { site = "dc1", repositories = Repositories(desk), nbd = new[] { "*" } });
        await desk.DoAsync("site set dc1 --mover-host here");
        await desk.DoAsync("site set dc2 --mover-host south");
        await desk.DoAsync("workload set shop --standby Warm");
    }

    /// <summary>JSON is YAML.</summary>
    static Task WriteAsync(Desk desk, string file, object settings) =>
        File.WriteAllTextAsync(Path.Combine(desk.Folder, file), JsonSerializer.Serialize(settings), TestContext.Current.CancellationToken);

    static Dictionary<string, object> Repositories(Desk desk) => new()
    {
        ["main"] = new { address = Path.Combine(desk.Folder, "blocks"), key_file = Path.Combine(desk.Folder, "key") },
    };

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
