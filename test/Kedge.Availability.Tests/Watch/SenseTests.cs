using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Kedge.Availability.Watch;

namespace Kedge.Availability.Tests.Watch;

/// <summary>Pidfd and HTTP, on real processes and sockets.</summary>
public sealed class SenseTests
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_death_of_a_process_is_told_and_of_no_other()
    {
        using var deaths = new ProcessDeaths();
        using var dies = Process.Start("sleep", "3600");
        using var lives = Process.Start("sleep", "3600");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var death = deaths.WaitAsync(dies.Id, enough.Token);
        var other = deaths.WaitAsync(lives.Id, enough.Token);

        dies.Kill();
        await death.WaitAsync(Soon, TimeProvider.System, Cancel);

        Assert.False(other.IsCompleted);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        lives.Kill();
    }

    [Fact]
    public async Task A_process_that_is_not_there_is_dead_already()
    {
        using var deaths = new ProcessDeaths();

        await deaths.WaitAsync(int.MaxValue, Cancel).WaitAsync(Soon, TimeProvider.System, Cancel);
    }

    [Fact]
    public async Task A_death_costs_no_CPU_afterwards()
    {
        using var deaths = new ProcessDeaths();
        for (var i = 0; i < 20; i++)
        {
            using var dies = Process.Start("sleep", "3600");
            var death = deaths.WaitAsync(dies.Id, Cancel);
            dies.Kill();
            await death.WaitAsync(Soon, TimeProvider.System, Cancel);
        }

        var woken = deaths.Woken;

        Assert.InRange(woken, 1, 500);
    }

    [Fact]
    public async Task An_API_that_takes_connections_and_does_not_answer_is_silent()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var probe = new HttpProbe(TimeProvider.System);

        Assert.Equal(Suspicion.Silent, await probe.AskAsync(AddressOf(listener), TimeSpan.FromMilliseconds(200), Cancel));
    }

    [Fact]
    public async Task An_API_that_is_gone_refuses()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = AddressOf(listener);
        listener.Dispose();
        using var probe = new HttpProbe(TimeProvider.System);

        Assert.Equal(Suspicion.Refused, await probe.AskAsync(address, Soon, Cancel));
    }

    [Fact]
    public async Task An_error_is_an_answer_to_the_watcher_and_none_to_a_client()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = AnswerAsync(listener, times: 2);
        using var probe = new HttpProbe(TimeProvider.System);

        Assert.Null(await probe.AskAsync(AddressOf(listener), Soon, Cancel));
        Assert.False(await probe.IsServedAsync(AddressOf(listener), Soon, Cancel));
        await server;
    }

    static async Task AnswerAsync(TcpListener listener, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var client = await listener.AcceptTcpClientAsync(Cancel);
            _ = await client.GetStream().ReadAsync(new byte[4096], Cancel);
            await client.GetStream().WriteAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancel);
        }
    }

    static Uri AddressOf(TcpListener listener) => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
}
