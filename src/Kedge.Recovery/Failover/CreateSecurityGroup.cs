using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A security group without its rules, which may refer to groups that do not exist yet. The group <c>default</c> is there in every project,
/// once, and cannot be made: it is adopted. It is the one resource that is known by its name, because Neutron itself knows it by its name.
/// </summary>
public sealed record CreateSecurityGroup(string Site, SecurityGroupBlueprint Group) : RecoveryStep
{
    public override string Title => Group.IsDefault ? "Adopt the security group default" : $"Create security group {Group.Name}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var cloud = sites[Site].Tenant;
        if (Group.IsDefault)
        {
            var project = (await cloud.AuthenticateAsync(cancel)).Project?.Id;
            await foreach (var there in cloud.Network.ListSecurityGroupsAsync(new NetworkFilter { Name = "default", ProjectId = project }, cancel))
            {
                if (there.Name == "default" && there.ProjectId == project)
                    return new Made(there.Id.Value, Adopted: true).Done($"security group default is {there.Id}");
            }
            return new StepOutcome.Stop($"The project has no security group default at {Site}.", "List its security groups there: Neutron makes it then. Resume afterwards.");
        }

        var group = await NeutronKinds.SecurityGroups.Marked(cloud.Network, Mark.Of(run)).EnsureAsync(
            Group.Description, Group.Tags, mark => cloud.Network.CreateSecurityGroupAsync(Described(mark), cancel), cancel);
        return new Made(group.Id.Value).Done($"security group {Group.Name} is {group.Id}");
    }

    // Stateful is the default everywhere, and naming it is refused where the extension is missing.
    NewSecurityGroup Described(string mark) => new() { Name = Group.Name, Description = mark, IsStateful = Group.IsStateful is false ? false : null };
}
