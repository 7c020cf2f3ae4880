using FsCheck;
using FsCheck.Fluent;

namespace Kedge.Plans.Tests;

public sealed class PlanTests
{
    [Fact]
    public void Everything_that_is_wrong_with_a_plan_is_said_at_once()
    {
        PlannedStep[] steps =
        [
            Plans.Step("a"),
            Plans.Step("a"),
            Plans.Step("b", ["nowhere"]),
            Plans.Step("c", lanes: [""]),
            Plans.Step("d", deadline: 0),
            Plans.Step("e", seconds: -1),
        ];

        var e = Assert.Throws<PlanInvalidException>(() => Plans.Of(steps));

        Assert.Equal(
            [
                "The id a is used by 2 steps.",
                "The step b comes after nowhere, which is not in the plan.",
                "The step c names an empty lane.",
                "The step d has no time at all before its deadline.",
                "The step e expects to take a negative time.",
            ],
            e.Problems);
    }

    [Fact]
    public void A_circle_is_named_step_by_step()
    {
        PlannedStep[] steps = [Plans.Step("start"), Plans.Step("a", ["start", "c"]), Plans.Step("b", ["a"]), Plans.Step("c", ["b"]), Plans.Step("end", ["c"])];

        var e = Assert.Throws<PlanInvalidException>(() => Plans.Of(steps));

        Assert.Contains("a -> b -> c -> a", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_waits_for_itself_is_a_circle()
    {
        var e = Assert.Throws<PlanInvalidException>(() => Plans.Of(Plans.Step("a", ["a"])));

        Assert.Contains("a -> a", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_without_steps_is_refused()
    {
        Assert.Throws<PlanInvalidException>(() => Plans.Of());
    }

    [Fact]
    public void The_critical_path_is_the_longest_way_through()
    {
        var plan = Plans.Diamond();

        Assert.Equal(TimeSpan.FromSeconds(95), plan.CriticalPath);
        Assert.Equal(["volume", "server", "address"], plan.CriticalSteps.Select(s => s.Id));
        Assert.Equal(TimeSpan.FromSeconds(40), plan.RemainingPath("port"));
    }

    [Fact]
    public void A_chain_of_fifty_thousand_steps_does_not_exhaust_the_stack()
    {
        var steps = Enumerable.Range(0, 50_000).Select(i => Plans.Step($"s{i}", i == 0 ? [] : [$"s{i - 1}"], seconds: 1)).ToArray();

        var plan = Plans.Of(steps);

        Assert.Equal(TimeSpan.FromSeconds(50_000), plan.CriticalPath);
    }

    [Fact]
    public void A_plan_prints_as_numbered_text()
    {
        Golden.Compare("plan.txt", PlanText.Print(Plans.Diamond()));
    }

    [Fact]
    public void Marks_are_short_stable_and_differ_between_steps()
    {
        Assert.Equal("ca978112ca1b", Plans.Step("a").Mark);
        Assert.NotEqual(Plans.Step("a").Mark, Plans.Step("b").Mark);
    }

    [Fact]
    public void In_any_plan_each_step_is_read_after_those_it_comes_after_and_no_path_is_longer_than_the_critical_one()
    {
        Prop.ForAll(AnyPlan.Arbitrary, plan =>
        {
            var place = plan.ReadingOrder.Select((s, i) => (s.Id, i)).ToDictionary(p => p.Id, p => p.i);
            return plan.ReadingOrder.Length == plan.Steps.Length
                && plan.Steps.All(s => s.After.All(a => place[a] < place[s.Id]))
                && plan.Steps.All(s => s.After.All(a => plan.RemainingPath(a) >= plan.GetStep(a).Expected + plan.RemainingPath(s.Id)))
                && plan.CriticalSteps.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Expected) == plan.CriticalPath
                && plan.Steps.Max(s => plan.RemainingPath(s.Id)) == plan.CriticalPath;
        }).QuickCheckThrowOnFailure();
    }
}
