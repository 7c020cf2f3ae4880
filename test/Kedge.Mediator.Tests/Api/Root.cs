namespace Kedge.Mediator.Tests.Api;

static class Root
{
    /// <summary>Of the repository that this was built from.</summary>
    public static string Path { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    static string Find(DirectoryInfo? at)
    {
        while (at is not null && !File.Exists(System.IO.Path.Combine(at.FullName, "Kedge.slnx")))
            at = at.Parent;
        return at!.FullName;
    }
}
