using System.CommandLine;
using Kedge.Home;
using Kedge.OpenStack;
using Kedge.Recovery.Sites;

namespace Kedge.Commands;

/// <summary><c>kedge site seal</c> and <c>kedge site rekey</c>: credentials of clouds, encrypted in Kedge's own records.</summary>
static class SiteSealCommands
{
    public static Command Seal(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "The site." };
        var undo = new Option<bool>("--undo") { Description = "Forget the sealed ones: clouds.yaml is read again." };
        var command = new Command(
            "seal",
            $"""
            Take a site's entries of clouds.yaml into its record, encrypted (AES-256-GCM) with the key that {SealingKeys.FileVariable} or
            {SealingKeys.KeyVariable} names. From then on clouds.yaml is not read for this site, and may lose them. Said again, it takes what
            clouds.yaml has now. Without the key nobody reads them: keep a copy of it where the data directory is not.
            """) { name, undo };
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var before = await kedge.Sites.GetAsync(parsed.GetValue(name)!, cancel);
            var record = parsed.GetValue(undo) ? before with { Sealed = null } : Sealed(kedge, before, around);
            _ = kedge.SettingsOf(record);
            await kedge.Sites.PutAsync(record.Name, record, cancel);
            around.Error.WriteLine(record.Sealed is { } kept
                ? $"The credentials of site {record.Name} are sealed with key {kept.Key}; clouds.yaml is not read for it any more."
                : $"The credentials of site {record.Name} are read from clouds.yaml.");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>With what clouds.yaml has for it now.</summary>
    /// <exception cref="SettingsException">There is no key, or no such entry.</exception>
    internal static SiteRecord Sealed(KedgeHome kedge, SiteRecord record, Surroundings around) => record with
    {
        Sealed = kedge.Keys().Seal(record.Name, new OpenCredentials(
            CloudsYaml.ExportWithSecrets(record.Cloud, around.Settings),
            record.AdminCloud is { } admin ? CloudsYaml.ExportWithSecrets(admin, around.Settings) : null)),
    };

    public static Command Rekey(Surroundings around, HomeOptions home)
    {
        var command = new Command(
            "rekey",
            $"""
            Seal the credentials of all sites anew with the newest key. To change keys: put the new file before the old one in
            {SealingKeys.FileVariable} (NEW:OLD), of a mediator too; run this; take the old one away. Killed half-way it is run again.
            """);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var keys = kedge.Keys();
            foreach (var name in kedge.Sites.Names())
            {
                var record = await kedge.Sites.GetAsync(name, cancel);
                if (record.Sealed is not { } credentials || credentials.Key == keys.NewestId)
                    continue;
                await kedge.Sites.PutAsync(name, record with { Sealed = keys.Seal(name, keys.Open(name, credentials)) }, cancel);
                around.Error.WriteLine($"The credentials of site {name} are sealed with key {keys.NewestId}.");
            }
            return ExitCodes.Done;
        });
        return command;
    }
}
