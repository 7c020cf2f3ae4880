using System.Globalization;
using Kedge.Mover.Settings;
using Kedge.Mover.Stores;
using Kedge.Testing;

namespace Kedge.Mover.Tests.Settings;

public sealed class BandwidthScheduleTests
{
    [Theory]
    [InlineData("Mon-Fri 08:00-18:00", "2026-01-05 08:00", true)] // a Monday
    [InlineData("Mon-Fri 08:00-18:00", "2026-01-05 07:59", false)]
    [InlineData("Mon-Fri 08:00-18:00", "2026-01-05 18:00", false)]
    [InlineData("Mon-Fri 08:00-18:00", "2026-01-04 12:00", false)]
    [InlineData("Sat-Mon 22:00-06:00", "2026-01-05 23:00", true)]
    [InlineData("Sat-Mon 22:00-06:00", "2026-01-06 05:59", true)]
    [InlineData("Sat-Mon 22:00-06:00", "2026-01-06 22:00", false)]
    [InlineData("Sun 00:00-24:00", "2026-01-04 23:59", true)]
    [InlineData("22:00-06:00", "2026-01-06 03:00", true)]
    [InlineData("always", "2026-01-06 12:34", true)]
    public void A_window_holds_at_its_times(string when, string moment, bool holds)
    {
        var window = BandwidthSchedule.FindWindow(when, "20 MiB", out _);

        var limit = new BandwidthSchedule([window!]).LimitAt(DateTimeOffset.Parse(moment + "Z", CultureInfo.InvariantCulture));

        Assert.Equal(holds ? 20L << 20 : null, limit);
    }

    [Theory]
    [InlineData("8-18", "20 MiB", "not a time")]
    [InlineData("Mon-Funday 08:00-18:00", "20 MiB", "not a time")]
    [InlineData("Mon Tue 08:00-18:00", "20 MiB", "not a time")]
    [InlineData("25:00-26:00", "20 MiB", "not a time")]
    [InlineData("always", "20", "not a limit")]
    [InlineData("always", "-1 MiB", "not a limit")]
    [InlineData("always", "20 MB", "not a limit")]
    [InlineData("always", "1 KiB", "too little")]
    [InlineData("always", "0 MiB", "too little")]
    public void What_is_not_a_window_is_said(string when, string limit, string says)
    {
        Assert.Null(BandwidthSchedule.FindWindow(when, limit, out var problem));
        Assert.Contains(says, problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_transfers_together_keep_to_the_limit()
    {
        var clock = new FakeClock();
        var bandwidth = new Bandwidth(new BandwidthSchedule([BandwidthSchedule.FindWindow("always", "1 MiB", out _)!]), clock);

        var all = Task.WhenAll(Enumerable.Range(0, 10).Select(_ => bandwidth.TakeAsync(1 << 20, CancellationToken.None).AsTask()));
        clock.Advance(TimeSpan.FromSeconds(8.9));
        Assert.False(all.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));

        await all;
    }
}
