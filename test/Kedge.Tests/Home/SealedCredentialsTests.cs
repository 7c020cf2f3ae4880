using System.Security.Cryptography;
using Kedge.Sandbox;

namespace Kedge.Tests.Home;

/// <summary>The desk looks into everything that was printed and everything that is left on the disk: the password is nowhere.</summary>
public sealed class SealedCredentialsTests
{
    [Fact]
    public async Task With_sealed_credentials_no_file_holds_a_password_and_everything_works()
    {
        await using var desk = await Desk.WithShopAsync();
        desk.More["KEDGE_SECRETS_KEY_FILE"] = Key(desk, "one");
        await desk.DoAsync("site seal dc1");
        await desk.DoAsync("site seal dc2");
        File.Delete(desk.CloudsFile);

        await desk.DoAsync("protect shop");
        await desk.DoAsync("site health");
        await desk.A.KillAsync();
        await desk.DoAsync("failover shop --reason fire --yes");

        Assert.Equal(3, desk.B.World.List(ResourceKind.Server).Count);
        Assert.DoesNotContain(Directory.EnumerateFiles(desk.Repository, "*", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains("sealed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_are_changed_while_both_are_given_and_the_old_one_opens_nothing_afterwards()
    {
        await using var desk = await Desk.WithShopAsync();
        var (old, young) = (Key(desk, "old"), Key(desk, "new"));
        desk.More["KEDGE_SECRETS_KEY_FILE"] = old;
        await desk.DoAsync("site seal dc1");
        await desk.DoAsync("site seal dc2");
        File.Delete(desk.CloudsFile);

        desk.More["KEDGE_SECRETS_KEY_FILE"] = $"{young}:{old}";
        await desk.DoAsync("site rekey");
        desk.More["KEDGE_SECRETS_KEY_FILE"] = young;
        var opened = await desk.DoAsync("site show dc2");
        desk.More["KEDGE_SECRETS_KEY_FILE"] = old;
        var refused = await desk.TypeAsync("site show dc2");

        Assert.Contains("sealed with key", opened.Output, StringComparison.Ordinal);
        Assert.NotEqual(ExitCodes.Done, refused.Code);
        Assert.Contains("sealed with key", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_sealed_and_the_message_says_how_to_make_one()
    {
        await using var desk = await Desk.WithShopAsync();

        var typed = await desk.TypeAsync("site seal dc1");

        Assert.NotEqual(ExitCodes.Done, typed.Code);
        Assert.Contains("head -c 32 /dev/urandom", typed.Error, StringComparison.Ordinal);
    }

    static string Key(Desk desk, string name)
    {
        var path = Path.Combine(desk.Folder, name + ".key");
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(32));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
