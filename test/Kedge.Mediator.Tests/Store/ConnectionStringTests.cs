using Kedge.Mediator.Store;

namespace Kedge.Mediator.Tests.Store;

public sealed class ConnectionStringTests
{
    [Fact]
    public void What_nobody_set_is_short_enough_for_a_mediator_to_notice_that_its_database_is_away()
    {
        var settings = PostgresDatabase.Settings("Host=db;Database=kedge;Username=kedge");

        Assert.Equal((5, 15), (settings.Timeout, settings.CommandTimeout));
    }

    [Theory]
    [InlineData("Timeout=30;Command Timeout=60")]
    [InlineData("timeout=30;commandtimeout=60")]
    public void What_an_operator_set_stays(string set)
    {
        var settings = PostgresDatabase.Settings($"Host=db;Database=kedge;{set}");

        Assert.Equal((30, 60), (settings.Timeout, settings.CommandTimeout));
    }
}
