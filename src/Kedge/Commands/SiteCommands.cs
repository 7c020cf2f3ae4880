using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.OpenStack;
using Kedge.Output;
using Kedge.Recovery.Sites;

namespace Kedge.Commands;

/// <summary><c>kedge site</c>: the clouds that Kedge knows.</summary>
static class SiteCommands
{
    static readonly string[] Columns = ["Name", "Cloud", "Admin Cloud"];

    public static Command Create(Surroundings around, HomeOptions home) => new("site", "The clouds that Kedge knows.")
    {
        Add(around, home),
        Set(around, home),
        List(around, home),
        Show(around, home),
        SiteHealthCommand.Create(around, home),
        DeclareLostCommand.Create(around, home),
        SiteSealCommands.Seal(around, home),
        SiteSealCommands.Rekey(around, home),
        Remove(around, home),
    };

    static Command Add(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "Kedge's name for the site, e.g. dc1." };
        var cloud = new Option<string>("--cloud") { Description = "Entry of the tenant in clouds.yaml.", Required = true };
        var admin = new Option<string?>("--admin-cloud")
        {
            Description = "Entry of an admin with a role on the same project, for what OpenStack keeps for admins: backup records, user-data, other users' keypairs.",
        };
        var movers = new MoverOptions();
        var command = new Command("add", "Name a cloud, after a look whether it answers and lets us in.") { name, cloud, admin };
        movers.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var record = new SiteRecord(parsed.GetValue(name)!, parsed.GetValue(cloud)!, parsed.GetValue(admin), movers.Apply(parsed, null));
            var kedge = home.Of(parsed);
            var file = kedge.Sites.PathOf(record.Name);
            if (File.Exists(file))
                throw new UsageException($"Site {record.Name} is there already: {file}. Remove it first: kedge site remove {record.Name}");
            await LookAsync(kedge.Connect(record), around, cancel);
            kedge.Prepare();
            await kedge.Sites.PutAsync(record.Name, record, cancel);
            around.Error.WriteLine($"Site {record.Name} is known.");
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Set(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "The site." };
        var cloud = new Option<string?>("--cloud") { Description = "Entry of the tenant in clouds.yaml." };
        var admin = new Option<string?>("--admin-cloud") { Description = "Entry of an admin with a role on the same project." };
        var atOnce = new Option<int?>("--points-at-once") { Description = "So many of its workloads a mediator protects at the same time. Default: as the mediator is set." };
        var command = new Command("set", "Change a site, after a look whether it answers and lets us in; what is not named stays.") { name, cloud, admin, atOnce };
        var movers = new MoverOptions();
        movers.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var before = await kedge.Sites.GetAsync(parsed.GetValue(name)!, cancel);
            var record = before with
            {
                Cloud = parsed.GetValue(cloud) ?? before.Cloud,
                AdminCloud = parsed.GetValue(admin) ?? before.AdminCloud,
                Movers = movers.Apply(parsed, before.Movers),
                PointsAtOnce = parsed.GetValue(atOnce) is { } most ? Math.Max(1, most) : before.PointsAtOnce,
            };
            // Another entry is not what was sealed.
            if (record.Sealed is not null && (record.Cloud, record.AdminCloud) != (before.Cloud, before.AdminCloud))
                record = SiteSealCommands.Sealed(kedge, record, around);
            await LookAsync(kedge.Connect(record), around, cancel);
            await kedge.Sites.PutAsync(record.Name, record, cancel);
            around.Error.WriteLine($"Site {record.Name} is changed.");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Both hands must reach the same project: what the admin imports, the tenant must see.</summary>
    static async Task LookAsync(Site site, Surroundings around, CancellationToken cancel)
    {
        var tenant = await site.Tenant.AuthenticateAsync(cancel);
        if (tenant.Project is null)
            throw new UsageException($"The token of '{site.Tenant.Name}' is for no project: give its entry in clouds.yaml a project.");
        if (site.Admin is null)
        {
            around.Error.WriteLine("No admin cloud: backups cannot be exported or imported, and user-data cannot be read.");
            return;
        }
        var admin = await site.Admin.AuthenticateAsync(cancel);
        if (admin.Project?.Id != tenant.Project.Id)
        {
            throw new UsageException(
                $"'{site.Admin.Name}' is for project {admin.Project?.Name ?? "none"}, '{site.Tenant.Name}' for {tenant.Project.Name}: "
                + "scope the admin to the tenant's project (grant it the admin role there).");
        }
    }

    static Command List(Surroundings around, HomeOptions home)
    {
        var command = new Command("list", "List the sites.");
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var rows = new List<JsonNode?[]>();
            foreach (var name in kedge.Sites.Names())
            {
                var site = await kedge.Sites.GetAsync(name, cancel);
                rows.Add([site.Name, site.Cloud, site.AdminCloud]);
            }
            output.Print(parsed, around.Output, new Shown.Rows(Columns, rows));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Show(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "The site." };
        var command = new Command("show", "Show a site and whether it answers now.") { name };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var record = await kedge.Sites.GetAsync(parsed.GetValue(name)!, cancel);
            var token = await kedge.Connect(record).Tenant.AuthenticateAsync(cancel);
            output.Print(parsed, around.Output, new Shown.Fields(
            [
                ("Name", record.Name), ("Cloud", record.Cloud), ("Admin Cloud", record.AdminCloud), ("Credentials", record.Sealed is { } kept ? $"sealed with key {kept.Key}" : "in clouds.yaml"),
                ("Movers", record.Movers is { } movers ? $"{movers.Host}, repository {movers.Repository}, Ceph {movers.Ceph}{(movers.SnapshotPool is { } pool ? $", snapshots in {pool} read in place" : "")}" : null),
                ("Project", token.Project?.Name), ("Project ID", token.Project?.Id.Value), ("User ID", token.User.Id.Value),
                ("Roles", new JsonArray([.. token.Roles.Select(role => (JsonNode?)role.Name)])),
            ]));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Remove(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "The site." };
        var command = new Command("remove", "Forget a site. Nothing in the cloud is touched.") { name };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(name)!;
            if (!home.Of(parsed).Sites.Delete(wanted))
                throw new UsageException($"There is no site {wanted}.");
            around.Error.WriteLine($"Site {wanted} is forgotten.");
            return ExitCodes.Done;
        });
        return command;
    }
}
