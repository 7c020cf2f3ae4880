using System.Security.Cryptography;
using Kedge.OpenStack;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Tests.Sites;

public sealed class SealingKeysTests : IDisposable
{
    static readonly OpenCredentials Open = new("""{"clouds":{"a":{"auth":{"password":"s3cret"}}}}""", "admin's");

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kedge-keys-");

    [Fact]
    public void What_is_sealed_opens_with_its_key_and_tells_nothing()
    {
        var keys = Keys(File("one", 32));

        var credentials = keys.Seal("dc1", Open);

        Assert.Equal(Open, keys.Open("dc1", credentials));
        Assert.Equal(keys.NewestId, credentials.Key);
        Assert.DoesNotContain("s3cret", Convert.FromBase64String(credentials.Tenant).Select(b => (char)b).Aggregate("", (text, c) => text + c), StringComparison.Ordinal);
        Assert.NotEqual(credentials.Tenant, keys.Seal("dc1", Open).Tenant);
        Assert.DoesNotContain("s3cret", Open.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_envelope_of_another_site_or_hand_or_changed_by_one_bit_does_not_open()
    {
        var keys = Keys(File("one", 32));
        var credentials = keys.Seal("dc1", Open);
        var bytes = Convert.FromBase64String(credentials.Tenant);
        bytes[20] ^= 1;

        Assert.Throws<SettingsException>(() => keys.Open("dc2", credentials));
        Assert.Throws<SettingsException>(() => keys.Open("dc1", credentials with { Tenant = credentials.Admin! }));
        Assert.Throws<SettingsException>(() => keys.Open("dc1", credentials with { Tenant = Convert.ToBase64String(bytes) }));
        Assert.Throws<SettingsException>(() => keys.Open("dc1", credentials with { Tenant = "not base64" }));
    }

    [Fact]
    public void The_first_key_seals_and_each_opens_what_names_it()
    {
        var (old, young) = (File("old", 32), File("new", 64));
        var credentials = Keys(old).Seal("dc1", Open);

        Assert.Equal(Open, Keys($"{young}:{old}").Open("dc1", credentials));
        Assert.NotEqual(credentials.Key, Keys($"{young}:{old}").Seal("dc1", Open).Key);
        var refused = Assert.Throws<SettingsException>(() => Keys(young).Open("dc1", credentials));
        Assert.Contains(credentials.Key, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_short_missing_or_open_to_others_is_refused()
    {
        var open = File("open", 32);
        System.IO.File.SetUnixFileMode(open, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        Assert.Throws<SettingsException>(() => Keys(File("short", 31)));
        Assert.Throws<SettingsException>(() => Keys(Path.Combine(folder.FullName, "missing")));
        Assert.Contains("chmod 600", Assert.Throws<SettingsException>(() => Keys(open)).Message, StringComparison.Ordinal);
        Assert.Throws<SettingsException>(() => Keys("").Seal("dc1", Open));
        Assert.Throws<SettingsException>(() => SealingKeys.Read(new Dictionary<string, string> { [SealingKeys.KeyVariable] = "short" }, "/"));
    }

    [Fact]
    public void A_key_may_stand_in_the_environment()
    {
        var variables = new Dictionary<string, string> { [SealingKeys.KeyVariable] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) };

        var credentials = SealingKeys.Read(variables, "/").Seal("dc1", Open);

        Assert.Equal(Open, SealingKeys.Read(variables, "/").Open("dc1", credentials));
    }

    static SealingKeys Keys(string files) => SealingKeys.Read(new Dictionary<string, string> { [SealingKeys.FileVariable] = files }, "/");

    string File(string name, int bytes)
    {
        var path = Path.Combine(folder.FullName, name);
        System.IO.File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(bytes));
        System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
