using System.Net;
using Kedge.Availability.Fencing;
using Kedge.Availability.Metrics;
using Kedge.Availability.Pacemaker;
using Kedge.Availability.Tests.Pacemaker;

namespace Kedge.Availability.Tests.Metrics;

public sealed class MetricsTests
{
    static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_cluster_is_told_in_the_text_format()
    {
        var status = ClusterStatus.Parse(Sample.Read("crm_mon_fenced.xml"));
        FenceProof[] proofs = [new(Now.AddMinutes(-1), "n3", "ipmi \"a\"", "reboot", Worked: true, "n1", 2, 30, null)];

        var text = ClusterMetrics.Write(new MetricsText(), status, proofs, [], Now).ToString();

        Assert.Contains("# TYPE kedge_ha_quorum gauge\nkedge_ha_quorum 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"kedge_ha_dc{{node=\"{status.Dc}\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("kedge_ha_fencing_history{node=\"n3\",outcome=\"success\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("kedge_ha_fence_test_age_seconds{node=\"n3\",device=\"ipmi \\\"a\\\"\"} 60\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_name_is_told_twice()
    {
        var text = ClusterMetrics.Write(new MetricsText(), ClusterStatus.Parse(Sample.Read("crm_mon_healthy.xml")), [], [], Now).ToString();

        var names = text.Split('\n').Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).ToArray();

        Assert.Equal(names.Distinct(), names);
        var values = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line[..line.LastIndexOf(' ')]).ToArray();
        Assert.Equal(values.Distinct(), values);
    }

    [Fact]
    public async Task The_endpoint_answers_each_GET_and_outlives_one_who_says_nothing()
    {
        using var endpoint = new MetricsEndpoint(new IPEndPoint(IPAddress.Loopback, 0), _ => Task.FromResult("kedge_ha_up 1\n"), TimeProvider.System);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = endpoint.RunAsync(end.Token);
        using var silent = new System.Net.Sockets.TcpClient();
        await silent.ConnectAsync(endpoint.Address, Cancel);
        using var client = new HttpClient();

        var first = await client.GetStringAsync(new Uri($"http://{endpoint.Address}/metrics"), Cancel);
        var posted = await client.PostAsync(new Uri($"http://{endpoint.Address}/metrics"), null, Cancel);

        Assert.Equal("kedge_ha_up 1\n", first);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
