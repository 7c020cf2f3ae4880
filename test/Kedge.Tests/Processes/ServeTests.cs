using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kedge.Tests.Processes;

/// <summary>The mediator as systemd starts and stops it.</summary>
public sealed class ServeTests
{
    /// <summary>Only so that a mistake ends.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_says_when_it_is_ready_and_when_it_stops_and_answers_health_and_metrics_in_between()
    {
        await using var desk = await Desk.WithShopAsync(clock: TimeProvider.System);
        var path = Path.Combine(desk.Folder, "notify");
        using var heard = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        heard.Bind(new UnixDomainSocketEndPoint(path));
        using var serving = desk.Start("serve --listen http://127.0.0.1:0", "env", $"NOTIFY_SOCKET={path}");
        try
        {
            await LiveAsync(serving, heard);
        }
        finally
        {
            serving.Kill();
            await serving.WaitForExitAsync(CancellationToken.None);
        }
    }

    static async Task LiveAsync(Process serving, Socket heard)
    {
        var log = serving.StandardError.ReadToEndAsync(Cancel);
        using var http = new HttpClient { BaseAddress = new Uri((await serving.StandardOutput.ReadLineAsync(Cancel).AsTask().WaitAsync(Limit, Cancel))!) };

        Assert.Equal("READY=1", await HearAsync(heard));
        Assert.Equal("alive\n", await http.GetStringAsync("/healthz", Cancel));
        await UntilAsync(async () => (await http.GetAsync("/readyz", Cancel)).StatusCode is HttpStatusCode.OK);
        await UntilAsync(async () => (await http.GetStringAsync("/metrics", Cancel)).Contains("kedge_rpo_seconds{workload=\"shop\"}", StringComparison.Ordinal));
        Process.Start("kill", ["-TERM", $"{serving.Id}"]).Dispose();
        await serving.WaitForExitAsync(Cancel).WaitAsync(Limit, Cancel);

        Assert.True(serving.ExitCode == ExitCodes.Done, await log);
        Assert.Contains("STOPPING=1", await HearAllAsync(heard));
    }

    [Fact]
    public async Task Settings_that_cannot_be_used_are_told_all_at_once()
    {
        await using var desk = await Desk.OpenAsync();
        using var serving = desk.Start("serve", "env", "KEDGE_POINTS_AT_ONCE=many", "KEDGE_WEBHOOKS=nowhere");

        var told = await serving.StandardError.ReadToEndAsync(Cancel);
        await serving.WaitForExitAsync(Cancel).WaitAsync(Limit, Cancel);

        Assert.Equal(ExitCodes.Usage, serving.ExitCode);
        Assert.Contains("KEDGE_POINTS_AT_ONCE", told, StringComparison.Ordinal);
        Assert.Contains("KEDGE_WEBHOOKS", told, StringComparison.Ordinal);
    }

    static async Task<string> HearAsync(Socket socket)
    {
        var buffer = new byte[256];
        var length = await socket.ReceiveAsync(buffer, SocketFlags.None, Cancel).AsTask().WaitAsync(Limit, Cancel);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <summary>What is there already.</summary>
    static async Task<List<string>> HearAllAsync(Socket socket)
    {
        var said = new List<string>();
        while (socket.Available > 0)
            said.Add(await HearAsync(socket));
        return said;
    }

    static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await holds())
            await Task.Delay(200, limit.Token);
    }
}
