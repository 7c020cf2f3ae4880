using System.CommandLine;
using Kedge.Availability.Drills;
using Kedge.Availability.Fencing;
using Kedge.Availability.Metrics;

namespace Kedge.Commands;

/// <summary><c>kedge ha metrics</c>: once, for node_exporter's textfile collector; <c>kedge ha watch --listen</c> serves the same.</summary>
static class HaMetricsCommand
{
    public static Command Create(Surroundings around, ClusterOptions node, HomeOptions home)
    {
        var command = new Command("metrics", "Print the cluster's state as Prometheus metrics, once.");
        command.SetAction(async (parsed, cancel) =>
        {
            var data = home.Of(parsed).DataPath;
            var status = await node.Connect(parsed).ReadStatusAsync(cancel);
            var (proofs, drills) = (await FenceProofs.In(data).ReadAsync(cancel), await DrillHistory.In(data).ReadAsync(cancel));
            await around.Output.WriteAsync(ClusterMetrics.Write(new MetricsText(), status, proofs, drills, around.Clock.GetUtcNow()).ToString());
            return ExitCodes.Done;
        });
        return command;
    }
}
