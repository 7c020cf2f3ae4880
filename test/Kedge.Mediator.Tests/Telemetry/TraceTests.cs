using System.Collections.Concurrent;
using System.Diagnostics;

namespace Kedge.Mediator.Tests.Telemetry;

public sealed class TraceTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_contains_its_steps_and_a_step_its_calls_and_no_span_holds_a_secret()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Kedge.", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var house = await MediatorHouse.OpenAsync();
        await house.AddShopAsync();
        using var ours = new ActivitySource("Kedge.Test");
        ActivityTraceId trace;

        using (var root = ours.StartActivity("this test"))
        {
            trace = root!.TraceId;
            await house.Round.GoAsync("shop", 0, Cancel);
        }

        var seen = spans.Where(span => span.TraceId == trace).ToList();
        var run = Assert.Single(seen, span => span.OperationName == "run protect");
        var steps = seen.Where(span => span.OperationName.StartsWith("step ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(steps);
        Assert.All(steps, step => Assert.Equal(run.SpanId, step.ParentSpanId));
        var snapshot = Assert.Single(steps, step => step.OperationName == "step snapshot-workload");
        Assert.Contains(seen, span => span.Source.Name == "Kedge.OpenStack" && span.ParentSpanId == snapshot.SpanId && span.GetTagItem("http.response.status_code") is int);
        Assert.All(seen.SelectMany(span => span.TagObjects), tag => Assert.DoesNotContain(house.A.Settings.Password, $"{tag.Value}", StringComparison.Ordinal));
    }
}
