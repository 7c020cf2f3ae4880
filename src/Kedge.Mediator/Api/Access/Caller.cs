using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Kedge.Mediator.Api.Access;

/// <summary>What somebody may do. Each may do what those before it may.</summary>
public enum Role
{
    Reader,
    Member,

    /// <summary>An operator: of all projects, and of what belongs to none.</summary>
    Admin,
}

/// <summary>Who asks.</summary>
/// <param name="Id">Tells callers apart: <c>token:…</c>, <c>user:…</c>.</param>
/// <param name="Name">As it stands in the journal.</param>
/// <param name="Projects">Ids of projects, at whichever site; null: all there are.</param>
sealed record Caller(string Id, string Name, Role Role, ImmutableHashSet<string>? Projects)
{
    public bool SeesEverything => Projects is null;

    public bool Sees(string? project) => Projects is null || (project is not null && Projects.Contains(project));

    public static Caller Of(HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("Nobody asked who calls.");

    /// <summary>For handlers, which take one as a parameter.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context));
}
