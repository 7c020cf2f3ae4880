using System.Globalization;

namespace Kedge.HaLab.Tests.Measuring;

/// <summary>Services that die one after another, on one node after another, while a user reads the list of servers ten times a second.</summary>
static class DyingInTurn
{
    static readonly string[] Services = ["nova-api", "keystone", "nova-conductor", "nova-scheduler", "nova-novncproxy", "service"];
    static readonly TimeSpan Every = TimeSpan.FromSeconds(6);

    public static async Task<(int Asked, int Lost, int Killed)> RunAsync(bool retry, TimeSpan time, CancellationToken cancel)
    {
        await Measurement.SetUpAsync("kedge", cancel);
        await HaLab.LabAsync("retry", retry ? "on" : "off");
        try
        {
            await Measurement.RestAsync(cancel);
            await using var client = await Client.StartAsync();
            await Measurement.UntilAsync("a user who is answered", () => Task.FromResult(client.IsContent(default, 10)), cancel);
            var began = TimeProvider.System.GetUtcNow();
            var killed = 0;
            for (; TimeProvider.System.GetUtcNow() - began < time; killed++)
            {
                await KillAsync(HaLab.Nodes[killed / Services.Length % HaLab.Nodes.Count], Services[killed % Services.Length], cancel);
                await Task.Delay(Every, TimeProvider.System, cancel);
            }
            await Measurement.UntilAsync("a user who is answered", () => Task.FromResult(client.IsContent(TimeProvider.System.GetUtcNow().AddSeconds(-5), 10)), cancel);
            var asked = client.Attempts.Where(attempt => attempt.Begun >= began).ToArray();
            var lost = asked.Count(attempt => !attempt.Answered);

            Assert.Empty(Traces.TwoAtOnce(began));
            SafetyNotes.Add(
                "services dying in turn",
                string.Create(CultureInfo.InvariantCulture, $"HAProxy's retry {(retry ? "on" : "off")}: {killed} services killed in {time.TotalMinutes:0.#} minutes, {asked.Length} requests, {lost} lost"));
            return (asked.Length, lost, killed);
        }
        finally
        {
            await HaLab.LabAsync("retry", "on");
        }
    }

    /// <summary>Where it does not run, since it is being started again, there is nothing to kill. Its agent's instances are told apart by the resource.</summary>
    static async Task KillAsync(string node, string service, CancellationToken cancel) => await HaLab.In(node).RunAsync(
        ["sh", "-c", $"kill -s KILL \"$(head -n 1 /run/resource-agents/{service}-kedge-{(service == "service" ? "haproxy" : service)}*.pid)\""], null, TimeSpan.FromMinutes(1), cancel);
}
