using System.Runtime.CompilerServices;
using Kedge.OpenStack.Http;

namespace Kedge.OpenStack.Identity;

/// <summary>Keystone v3. Every method throws <see cref="OpenStackException"/> when the call fails. <c>https://docs.openstack.org/api-ref/identity/v3/</c></summary>
public sealed class IdentityClient
{
    readonly Session session;
    readonly Endpoint keystone;

    internal IdentityClient(Session session)
    {
        this.session = session;
        keystone = session.Keystone;
    }

    /// <summary>What the token in use says: user, project, roles, catalog, expiry.</summary>
    /// <param name="cancel">Gives up.</param>
    public async Task<TokenDetails> GetTokenAsync(CancellationToken cancel) => (await session.TokenAsync(cancel)).Details;

    /// <summary>A project; null when there is none, or it may not be seen.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Project?> FindProjectAsync(ProjectId id, CancellationToken cancel) => keystone.FindAsync(Request.Get($"projects/{id}"), "project", IdentityJson.Default.Project, cancel);

    /// <summary>The projects that the user has a role on.</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<Project> ListOwnProjectsAsync(CancellationToken cancel) =>
        keystone.ListAsync(Request.Get($"auth/projects"), "projects", IdentityJson.Default.Project, cancel);

    /// <summary>All projects (administrators).</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<Project> ListProjectsAsync(CancellationToken cancel) =>
        keystone.ListAsync(Request.Get($"projects"), "projects", IdentityJson.Default.Project, cancel);

    /// <summary>A user; null when there is none, or it may not be seen.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<User?> FindUserAsync(UserId id, CancellationToken cancel) => keystone.FindAsync(Request.Get($"users/{id}"), "user", IdentityJson.Default.User, cancel);

    /// <summary>Users of this name, one for each domain that has one (administrators).</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<User> ListUsersAsync(string name, CancellationToken cancel) =>
        keystone.ListAsync(Request.Get($"users").Where(new Query { ["name"] = name }), "users", IdentityJson.Default.User, cancel);

    /// <summary>The roles that users have on a project, inherited and group ones included (administrators).</summary>
    /// <param name="project">Which project.</param>
    /// <param name="cancel">Gives up.</param>
    public async IAsyncEnumerable<RoleAssignment> ListRoleAssignmentsAsync(ProjectId project, [EnumeratorCancellation] CancellationToken cancel)
    {
        var query = new Query { ["scope.project.id"] = project.Value, ["effective"] = "true", ["include_names"] = "true" };
        await foreach (var page in keystone.PagesAsync(Request.Get($"role_assignments").Where(query), "role_assignments", cancel))
        {
            foreach (var item in page.EnumerateArray())
                yield return new(keystone.Parse(item.GetProperty("role"), IdentityJson.Default.Role), new UserId(keystone.Text(item, "user", "id")), project);
        }
    }

    /// <summary>Creates an application credential for the user and project of the token. Not possible with a restricted application credential.</summary>
    /// <param name="credential">What to create.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The credential with its secret, which is never told again.</returns>
    public async Task<ApplicationCredential> CreateApplicationCredentialAsync(NewApplicationCredential credential, CancellationToken cancel)
    {
        var user = (await GetTokenAsync(cancel)).User.Id;
        var request = Request.Post($"users/{user}/application_credentials").With("application_credential", credential, IdentityJson.Default.NewApplicationCredential);
        return await keystone.ReadAsync(request, "application_credential", IdentityJson.Default.ApplicationCredential, cancel);
    }

    /// <summary>Deletes an application credential of the user; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task DeleteApplicationCredentialAsync(ApplicationCredentialId id, CancellationToken cancel)
    {
        var user = (await GetTokenAsync(cancel)).User.Id;
        await keystone.DeleteAsync(Request.Delete($"users/{user}/application_credentials/{id}"), cancel);
    }
}
