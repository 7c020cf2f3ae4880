using System.Collections.Immutable;
using Kedge.Recovery.Policies;

namespace Kedge.Recovery.Tests.Policies;

public sealed class PaceTests
{
    static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero); // a Monday
    static readonly TimeSpan Rpo = TimeSpan.FromMinutes(15);

    /// <summary>A week of a workload whose points take between one and five minutes, as a mediator would live it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_rpo_holds_for_a_week_with_little_more_points_than_it_needs(int seed)
    {
        var life = new Life(seed, "shop", Rpo, least: TimeSpan.FromMinutes(1), most: TimeSpan.FromMinutes(4));

        life.Live(TimeSpan.FromDays(7));

        Assert.InRange(life.WorstLag, TimeSpan.Zero, Rpo);
        Assert.InRange(life.Points, 7 * 24 * 4, 7 * 24 * 4 * 2);
    }

    [Fact]
    public void Points_that_grow_slower_are_begun_earlier()
    {
        var quick = Pace.Next(Asked("shop", Start) with { Took = [TimeSpan.FromMinutes(1)] });
        var slow = Pace.Next(Asked("shop", Start) with { Took = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)] });

        Assert.True(slow.At < quick.At);
        Assert.Equal(TimeSpan.FromMinutes(7 - 1.2), quick.At - slow.At);
    }

    [Fact]
    public void A_start_that_was_missed_is_made_up_at_once_and_once()
    {
        var late = Start + TimeSpan.FromHours(9);

        var madeUp = Pace.Next(Asked("shop", Start) with { Now = late });
        var after = Pace.Next(Asked("shop", late) with { Now = late + TimeSpan.FromMinutes(2) });

        Assert.Equal(late, madeUp.At);
        Assert.Contains("behind", madeUp.Remark, StringComparison.Ordinal);
        Assert.True(after.At > late + TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void An_rpo_that_cannot_be_held_is_said_and_points_follow_one_after_the_other()
    {
        var now = Start + TimeSpan.FromMinutes(9);

        var next = Pace.Next(Asked("shop", Start) with { Took = [TimeSpan.FromMinutes(9)], Now = now });

        Assert.Equal(now + TimeSpan.Zero, next.At);
        Assert.Contains("too long for an RPO of", next.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_workloads_do_not_begin_at_once_and_each_has_always_its_own_place()
    {
        var names = Enumerable.Range(0, 1000).Select(i => $"workload-{i}").ToList();

        var starts = names.Select(name => Pace.Next(Asked(name, Start)).At).ToList();
        var again = names.Select(name => Pace.Next(Asked(name, Start)).At);

        Assert.Equal(starts, again);
        Assert.InRange(starts.Max() - starts.Min(), Rpo * 0.09, Rpo * 0.1);
        Assert.All(starts.GroupBy(at => (at - starts.Min()).Ticks / TimeSpan.FromSeconds(9).Ticks), bunch => Assert.InRange(bunch.Count(), 0, 160));
    }

    [Fact]
    public void What_fails_is_tried_again_soon_and_later_with_each_failure_up_to_minutes()
    {
        var waits = Enumerable.Range(1, 12).Select(failures => Pace.Retry(Asked("shop", Start), failures) - Asked("shop", Start).Now).ToList();

        Assert.InRange(waits[0], TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
        Assert.Equal(waits.Order(), waits);
        Assert.InRange(waits[^1], TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(7.5));
    }

    [Fact]
    public void Within_windows_the_last_point_comes_before_the_window_ends_and_the_next_when_it_opens()
    {
        ImmutableArray<ProtectionWindow> nights = [new() { From = new TimeOnly(22, 0), To = new TimeOnly(6, 0) }];
        var nearTheEnd = Start.AddHours(5).AddMinutes(50);
        var hourly = TimeSpan.FromHours(1);

        var last = Pace.Next(Asked("shop", nearTheEnd.AddMinutes(-10)) with { Rpo = hourly, Windows = nights, Now = nearTheEnd, Took = [TimeSpan.FromMinutes(2)] });
        var next = Pace.Next(Asked("shop", last.At) with { Rpo = hourly, Windows = nights, Now = last.At.AddMinutes(10), Took = [TimeSpan.FromMinutes(2)] });

        Assert.InRange(last.At, nearTheEnd, Start.AddHours(6));
        Assert.Equal(Start.AddHours(22), next.At);
        Assert.Contains("windows are closed", next.Remark, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-01-09T21:59", false)] // Friday
    [InlineData("2026-01-09T22:00", true)]
    [InlineData("2026-01-10T05:59", true)]
    [InlineData("2026-01-10T06:00", false)]
    [InlineData("2026-01-10T23:00", false)] // Saturday
    public void A_window_over_midnight_belongs_to_the_day_on_which_it_opens(string at, bool isOpen)
    {
        ImmutableArray<ProtectionWindow> fridays = [new() { From = new TimeOnly(22, 0), To = new TimeOnly(6, 0), Days = [DayOfWeek.Friday] }];

        Assert.Equal(isOpen, OpenHours.AreOpen(fridays, DateTimeOffset.Parse(at + "Z", System.Globalization.CultureInfo.InvariantCulture)));
    }

    static PaceQuestion Asked(string workload, DateTimeOffset newest) => new()
    {
        Workload = workload, Rpo = Rpo, NewestDataAt = newest, Took = [TimeSpan.FromMinutes(2)], Now = newest + TimeSpan.FromMinutes(2),
    };

    /// <summary>One workload, its points, and the worst that would have been lost at any moment.</summary>
    sealed class Life(int seed, string name, TimeSpan rpo, TimeSpan least, TimeSpan most)
    {
        readonly Random chance = new(seed);
        readonly Queue<TimeSpan> took = new();

        public int Points { get; private set; }

        public TimeSpan WorstLag { get; private set; }

        public void Live(TimeSpan howLong)
        {
            var (now, newest) = (Start, (DateTimeOffset?)null);
            while (now < Start + howLong)
            {
                var next = Pace.Next(new PaceQuestion { Workload = name, Rpo = rpo, NewestDataAt = newest, Took = [.. took], Now = now });
                var takes = least + ((most - least) * chance.NextDouble());
                var there = next.At + takes;
                // Just before the new point is there the old one is as old as it gets.
                if (newest is not null && there - newest > WorstLag)
                    WorstLag = there - newest.Value;
                (now, newest) = (there, next.At);
                took.Enqueue(takes);
                if (took.Count > 20)
                    took.Dequeue();
                Points++;
            }
        }
    }
}
