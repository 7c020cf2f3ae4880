using Kedge.Sandbox.Cloud;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Identity;

sealed record Project(string Id, string Name)
{
    public string Description { get; init; } = "";
}

sealed record User(string Id, string Name, string Password)
{
    public string? DefaultProjectId { get; init; }
}

sealed record Role(string Id, string Name);

sealed record Assignment(User User, Project? Project, Role Role);

sealed record AppCredential(string Id, string Name, string Secret, User User, Project Project, IReadOnlyList<Role> Roles)
{
    public string? Description { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public bool IsUnrestricted { get; init; }
}

sealed record Token(string Id, User User, Project? Project, IReadOnlyList<Role> Roles, string Method, DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt)
{
    public bool IsSystem { get; init; }
    public bool IsDomain { get; init; }
    public AppCredential? AppCredential { get; init; }
    public bool IsAdmin => Roles.Any(r => r.Name == "admin");
}

/// <summary>Who exists, who may what, and which tokens are good.</summary>
sealed class Keystone
{
    public const string DomainId = "default";

    readonly CloudState cloud;
    readonly Dictionary<string, Token> tokens = [];

    public Keystone(CloudState cloud)
    {
        this.cloud = cloud;
        var admin = AddProject("admin");
        var demo = AddProject("demo");
        var other = AddProject("other");
        foreach (var name in (string[])["admin", "member", "reader", "service"])
            Roles.Add(new Role(cloud.Ids.Hex(), name));
        Assign(AddUser("admin", admin), admin, "admin");
        Assign(FindUser("admin")!, null, "admin");
        Assign(FindUser("admin")!, demo, "admin");
        Assign(AddUser("demo", demo), demo, "member");
        Assign(AddUser("other", other), other, "member");
    }

    public Table<Project> Projects { get; } = new(p => p.Id);
    public Table<User> Users { get; } = new(u => u.Id);
    public Table<Role> Roles { get; } = new(r => r.Id);
    public List<Assignment> Assignments { get; } = [];
    public Table<AppCredential> AppCredentials { get; } = new(c => c.Id);

    public Project ProjectNamed(string name) => Projects.First(p => p.Name == name);

    public User? FindUser(string name) => Users.FirstOrDefault(u => u.Name == name);

    public Project AddProject(string name)
    {
        var project = new Project(cloud.Ids.Hex(), name);
        Projects.Add(project);
        return project;
    }

    public User AddUser(string name, Project home)
    {
        var user = new User(cloud.Ids.Hex(), name, cloud.Settings.Password) { DefaultProjectId = home.Id };
        Users.Add(user);
        return user;
    }

    /// <param name="user">Who gets the role.</param>
    /// <param name="project">Where; null is the whole system.</param>
    /// <param name="role">Its name.</param>
    public void Assign(User user, Project? project, string role) =>
        Assignments.Add(new(user, project, Roles.First(r => r.Name == role)));

    /// <summary>A role brings the weaker ones along, as Keystone's implied roles do.</summary>
    public IReadOnlyList<Role> RolesOf(User user, Project? project)
    {
        var names = Assignments.Where(a => a.User.Id == user.Id && a.Project?.Id == project?.Id).Select(a => a.Role.Name).ToHashSet();
        if (names.Contains("admin"))
            names.Add("member");
        if (names.Contains("member"))
            names.Add("reader");
        return [.. Roles.Where(r => names.Contains(r.Name))];
    }

    public Token Issue(Token token)
    {
        token = token with
        {
            Id = "gAAAAA" + cloud.Ids.Hex() + cloud.Ids.Hex(),
            IssuedAt = cloud.Now,
            ExpiresAt = cloud.Now + cloud.Settings.TokenLifetime,
        };
        tokens[token.Id] = token;
        return token;
    }

    public void Revoke(string token) => tokens.Remove(token);

    /// <summary>Every token becomes void at once, as after a change of Fernet keys.</summary>
    public void RevokeAll() => tokens.Clear();

    public Token? FindToken(string? id)
    {
        if (id is null || !tokens.TryGetValue(id, out var token))
            return null;
        if (token.ExpiresAt > cloud.Now)
            return token;
        tokens.Remove(id);
        return null;
    }

    public Token Authenticate(string? tokenId) =>
        FindToken(tokenId) ?? throw new ApiFault(401, "The request you have made requires authentication.", "HTTPUnauthorized");
}
