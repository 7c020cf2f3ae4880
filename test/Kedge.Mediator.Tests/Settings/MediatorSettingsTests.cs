using Kedge.Mediator.Settings;

namespace Kedge.Mediator.Tests.Settings;

public sealed class MediatorSettingsTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kedge-settings-");

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        var values = new Dictionary<string, string>
        {
            ["KEDGE_NAME"] = "not a name",
            ["KEDGE_LISTEN"] = "ftp://here",
            ["KEDGE_POINTS_AT_ONCE"] = "many",
            ["KEDGE_WITNESSES"] = "west=http://west:7676 west=http://again east",
            ["KEDGE_WITNESS_TOKEN_FILE"] = "/not/there",
            ["KEDGE_ANCHORS"] = "nowhere",
            ["KEDGE_AUTOMATIC_SITE_LOSS"] = "dc1=soon dc2=10m",
            ["KEDGE_WEBHOOKS"] = "https://alerts.example/kedge",
        };

        var told = Assert.Throws<MediatorSettingsException>(() => MediatorSettings.Parse(values));

        Assert.All(values.Keys, name => Assert.Contains(told.Problems, problem => problem.StartsWith(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_set_is_read_and_a_secret_shows_itself_to_nobody()
    {
        var file = Path.Combine(folder.FullName, "token");
        File.WriteAllText(file, "0123456789abcdef0123456789abcdef\n");

        var settings = MediatorSettings.Parse(new Dictionary<string, string>
        {
            ["KEDGE_WITNESSES"] = "west=http://west:7676 east=https://east:7676",
            ["KEDGE_WITNESS_TOKEN_FILE"] = file,
            ["KEDGE_AUTOMATIC_SITE_LOSS"] = "dc1=10m",
        });

        Assert.Equal(["west", "east"], settings.Witnesses.Select(witness => witness.Name));
        Assert.Equal(TimeSpan.FromMinutes(10), settings.AutomaticLoss["dc1"]);
        Assert.Equal("0123456789abcdef0123456789abcdef", settings.WitnessToken!.Value);
        Assert.DoesNotContain("0123456789abcdef", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_lost_by_itself_without_two_witnesses()
    {
        var told = Assert.Throws<MediatorSettingsException>(() => MediatorSettings.Parse(new Dictionary<string, string> { ["KEDGE_AUTOMATIC_SITE_LOSS"] = "dc1=10m" }));

        Assert.Contains("two witnesses", Assert.Single(told.Problems), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
