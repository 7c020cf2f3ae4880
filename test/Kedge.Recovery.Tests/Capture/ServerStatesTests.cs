using Kedge.OpenStack.Compute;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;

namespace Kedge.Recovery.Tests.Capture;

public sealed class ServerStatesTests
{
    static readonly DateTimeOffset Once = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(ServerStatus.Active, PowerState.Running, ServerPower.Active)]
    [InlineData(ServerStatus.Reboot, PowerState.Running, ServerPower.Active)]
    [InlineData(ServerStatus.HardReboot, PowerState.Shutdown, ServerPower.Active)]
    [InlineData(ServerStatus.Migrating, PowerState.Running, ServerPower.Active)]
    [InlineData(ServerStatus.Shutoff, PowerState.Shutdown, ServerPower.Stopped)]
    [InlineData(ServerStatus.Paused, PowerState.Paused, ServerPower.Paused)]
    [InlineData(ServerStatus.Suspended, PowerState.Shutdown, ServerPower.Suspended)]
    [InlineData(ServerStatus.Shelved, PowerState.Shutdown, ServerPower.Shelved)]
    [InlineData(ServerStatus.ShelvedOffloaded, PowerState.Shutdown, ServerPower.Shelved)]
    [InlineData(ServerStatus.VerifyResize, PowerState.Running, ServerPower.Active)]
    [InlineData(ServerStatus.VerifyResize, PowerState.Shutdown, ServerPower.Stopped)]
    public void A_settled_state_is_captured_as_it_is(ServerStatus status, PowerState power, ServerPower captured)
    {
        var unreadable = new Unreadables();

        Assert.Equal(captured, ServerStates.PowerOf(Of(status, power), unreadable));
        Assert.Empty(unreadable.InOrder());
    }

    [Theory]
    [InlineData(ServerStatus.Rescue, PowerState.Running, ServerPower.Active)]
    [InlineData(ServerStatus.Error, PowerState.Shutdown, ServerPower.Stopped)]
    [InlineData(ServerStatus.Error, PowerState.Running, ServerPower.Active)]
    [InlineData(ServerStatus.Error, PowerState.NoState, ServerPower.Active)]
    public void A_state_that_hides_what_was_before_is_captured_with_a_note(ServerStatus status, PowerState power, ServerPower captured)
    {
        var unreadable = new Unreadables();

        Assert.Equal(captured, ServerStates.PowerOf(Of(status, power), unreadable));
        Assert.Equal("power", Assert.Single(unreadable.InOrder()).Field);
    }

    [Theory]
    [InlineData(ServerStatus.Build, true)]
    [InlineData(ServerStatus.Rebuild, true)]
    [InlineData(ServerStatus.Resize, true)]
    [InlineData(ServerStatus.RevertResize, true)]
    [InlineData(ServerStatus.Unknown, true)]
    [InlineData(ServerStatus.SoftDeleted, true)]
    [InlineData(ServerStatus.Unrecognized, false)]
    public void A_state_in_between_is_refused_by_name(ServerStatus status, bool mayPass)
    {
        var refused = Assert.Throws<CaptureException>(() => ServerStates.PowerOf(Of(status, PowerState.Running), new Unreadables()));

        Assert.Equal(mayPass, refused.MayPass);
        Assert.StartsWith("Server web (id-1) ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_was_never_up_is_refused()
    {
        var refused = Assert.Throws<CaptureException>(() => ServerStates.PowerOf(Of(ServerStatus.Error, PowerState.NoState) with { LaunchedAt = null }, new Unreadables()));

        Assert.False(refused.MayPass);
    }

    [Fact]
    public void A_server_that_is_being_deleted_is_refused() =>
        Assert.Throws<CaptureException>(() => ServerStates.PowerOf(Of(ServerStatus.Active, PowerState.Running) with { TaskState = "deleting" }, new Unreadables()));

    [Fact]
    public void Every_status_that_Nova_has_is_decided_on()
    {
        foreach (var status in Enum.GetValues<ServerStatus>())
        {
            var thrown = Record.Exception(() => ServerStates.PowerOf(Of(status, PowerState.Running), new Unreadables()));

            Assert.True(thrown is null or CaptureException, $"{status}: {thrown}");
        }
    }

    static Server Of(ServerStatus status, PowerState power) => new() { Id = new("id-1"), Name = "web", Status = status, PowerState = power, LaunchedAt = Once };
}
