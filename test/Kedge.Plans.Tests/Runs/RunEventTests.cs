using System.Text.Json;

namespace Kedge.Plans.Tests;

public sealed class RunEventTests
{
    /// <summary>One of each: what is in golden/ is on the disks of our users, and later versions must read it.</summary>
    private static readonly RunEvent[] OneOfEach =
    [
        new RunAccepted(
            Plan.Create("failover", "Fail web over from A to B", "web", [Plans.Step("a", seconds: 90, lanes: ["B/compute"], priority: 2), Plans.Step("b", ["a"])], JsonElement.Parse("""{"point":"p7"}""")),
            "workload/web",
            "host/1"),
        new RunTakenOver("host/1"),
        new StepStarted("a", 1),
        new StepWaiting("a", "the server to be active", [new ServiceCall("compute", "req-1")]),
        new StepRetried("a", 1, new StepFault(true, false, "409 of server web", "req-2", null), [new ServiceCall("compute", "req-2")]),
        new StepCutOff("a", 2, new StepFault(true, true, "no answer from https://b:5000", null, "look at the network"), []),
        new StepReconnected("a", TimeSpan.FromSeconds(61)),
        new StepDone("a", "Made server web", JsonElement.Parse("""{"id":"9a7c"}"""), [new ServiceCall("compute", "req-3")]),
        new StepStarted("b", 1),
        new StepStopped("b", "no quota", "raise it", []),
        new RunStopped("Make b: no quota"),
        new RunTakenOver("host/2"),
        new StepStarted("b", 2),
        new StepDone("b", "Made b", null, []),
        new RunFinished(),
        new RunAbandoned("operator", "wrong point"),
    ];

    [Fact]
    public void Each_event_is_written_as_the_golden_journal_shows()
    {
        var lines = Plans.Recorded(House.Run, OneOfEach).Select(e => JournalJson.Line(e) + "\n");

        Golden.Compare("journal.jsonl", string.Concat(lines));
    }

    [Fact]
    public void Each_event_comes_back_as_it_was_written()
    {
        foreach (var e in OneOfEach)
        {
            var json = JournalJson.Write(e);

            var read = JournalJson.Read(json, House.Run, 1);

            Assert.Equal(e.GetType(), read.GetType());
            Assert.Equal(json, JournalJson.Write(read));
        }
    }

    [Fact]
    public void No_kind_of_event_is_missing_here()
    {
        var kinds = typeof(RunEvent).Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsAssignableTo(typeof(RunEvent)));

        Assert.Empty(kinds.Except(OneOfEach.Select(e => e.GetType())));
    }

    [Fact]
    public void A_field_that_a_later_version_added_is_passed_over()
    {
        var read = JournalJson.Read("""{"event":"step-started","step":"a","attempt":2,"mood":"good"}""", House.Run, 1);

        Assert.Equal(new StepStarted("a", 2), read);
    }

    [Fact]
    public void A_damaged_plan_is_not_executed()
    {
        var json = JournalJson.Write(OneOfEach[0]).Replace("[\"a\"]", "[\"z\"]", StringComparison.Ordinal);

        var e = Assert.Throws<JournalException>(() => JournalJson.Read(json, House.Run, 1));

        Assert.Contains("comes after z", e.Message, StringComparison.Ordinal);
    }
}
