using System.Text.Json.Nodes;
using Kedge.Mover.Settings;

namespace Kedge.Mover.Tests.Settings;

public sealed class MoverSettingsReaderTests
{
    [Fact]
    public void Every_problem_is_reported_at_once()
    {
        var settings = JsonNode.Parse("""
            {
              "identity": "/nowhere/mover.identity",
              "site": "dc1",
              "board": ["https://x:1"],
              "repositories": { "main": { "address": "relative", "key_file": "/nowhere/key", "passphrase_file": "/nowhere/words" }, "other": 7 },
              "clusters": { "ceph": { "conf": "/nowhere/ceph.conf" } },
              "files": "all",
              "at_once": 99,
              "bandwidth": [ { "when": "sometimes", "limit": "20 MiB" }, "fast" ],
              "runtime_directory": "/a/directory/whose/name/is/so/long/that/no/socket/could/stand/in/it/at/all"
            }
            """);

        var problems = Assert.Throws<MoverSettingsException>(() => MoverSettingsReader.Read(settings, MoverUse.Remote)).Problems;

        string[] expected =
        [
            "identity: /nowhere/mover.identity cannot be read", "site: it stands in the certificate", "board: there is no such field", "repositories.main: it needs either",
            "/nowhere/key is not there", "repositories.main.address: 'relative'", "repositories.other: its fields are missing", "clusters.ceph.conf: the file /nowhere/ceph.conf",
            "clusters.ceph.user: it is missing", "files: it is a list", "at_once: it is a whole number, 1 to 16", "bandwidth[0]: 'sometimes' is not a time", "bandwidth[1]: it has 'when' and 'limit'",
            "runtime_directory",
        ];
        foreach (var part in expected) Assert.Contains(problems, problem => problem.Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("{}")]
    public void What_is_no_settings_at_all_is_refused(string text) =>
        Assert.NotEmpty(Assert.Throws<MoverSettingsException>(() => MoverSettingsReader.Read(JsonNode.Parse(text), MoverUse.Remote)).Problems);

    [Fact]
    public async Task The_identity_says_who_the_mover_is_and_which_boards_there_are()
    {
        await using var yard = await Yard.NewAsync();
        var identity = await yard.EnrollAsync("north");

        var settings = MoverSettingsReader.Read(JsonNode.Parse($$$"""{ "identity": "{{{identity}}}", "files": ["/srv"], "repositories": { "main": { "address": "/r", "key_file": "{{{yard.In("key")}}}" } } }"""), MoverUse.Remote);

        Assert.Equal((Yard.Site, "north"), (settings.Site, settings.Name));
        Assert.Equal([yard.Address], settings.Boards);
    }

    [Fact]
    public async Task An_identity_that_others_may_read_is_refused()
    {
        await using var yard = await Yard.NewAsync();
        var identity = await yard.EnrollAsync("north");
        File.SetUnixFileMode(identity, File.GetUnixFileMode(identity) | UnixFileMode.OtherRead);

        var problems = Assert.Throws<MoverSettingsException>(() => Boards.MoverIdentityOf(identity)).Problems;

        Assert.Contains("chmod 600", Assert.Single(problems), StringComparison.Ordinal);
    }

    static class Boards
    {
        public static void MoverIdentityOf(string path) => Kedge.Mover.Boards.MoverIdentity.Open(path).Dispose();
    }
}
