using System.Text.Json.Serialization;

namespace Kedge.Contracts.V1;

/// <summary>Why a request was not done (RFC 9457).</summary>
public sealed record Problem
{
    /// <summary>Names the kind of problem as a URI reference.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of problem in words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What happened, to what, and what to do.</summary>
    public required string Detail { get; init; }

    /// <summary>One of <see cref="ProblemCodes"/>: for programs; never changes its meaning.</summary>
    public required string Code { get; init; }

    /// <summary>The field of the body, query or header that is wrong; null: none is.</summary>
    public string? Field { get; init; }

    /// <summary>Every mistake, where there are several.</summary>
    public IReadOnlyList<Mistake>? Mistakes { get; init; }

    /// <summary>The run that is in the way.</summary>
    public string? Run { get; init; }

    /// <summary>What readiness says, where that is in the way.</summary>
    public Readiness? Readiness { get; init; }

    /// <summary>The request, as it stands in the mediator's log.</summary>
    public required string RequestId { get; init; }

    /// <summary>The request id at the cloud that failed.</summary>
    public string? CloudRequestId { get; init; }
}

/// <summary>A mistake in what was sent.</summary>
/// <param name="Field">Where, such as <c>servers[0].after</c>.</param>
/// <param name="What">What is wrong with it.</param>
public sealed record Mistake(string Field, string What);

/// <summary>Codes of problems: a contract with programs, so none ever changes its meaning.</summary>
public static class ProblemCodes
{
    /// <summary>What was sent cannot be: <see cref="Problem.Field"/> says where.</summary>
    public const string Invalid = "invalid";

    /// <summary>The body is not JSON, or not of this shape.</summary>
    public const string Malformed = "malformed";

    /// <summary>No token, or none that is good.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>The token's role or projects do not let it.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>There is no such thing, or whoever asks may not see it.</summary>
    public const string NotFound = "not-found";

    /// <summary>The path is not taken with this method.</summary>
    public const string MethodNotAllowed = "method-not-allowed";

    /// <summary>The name is taken.</summary>
    public const string NameTaken = "name-taken";

    /// <summary>An unfinished run is in the way.</summary>
    public const string RunInTheWay = "run-in-the-way";

    /// <summary>The run is finished or was given up.</summary>
    public const string RunEnded = "run-ended";

    /// <summary>It would not be safe, or something else needs it.</summary>
    public const string Refused = "refused";

    /// <summary>Readiness blocks: nothing was begun.</summary>
    public const string NotReady = "not-ready";

    /// <summary>The thing is not as <c>If-Match</c> says, or is there already.</summary>
    public const string Changed = "changed";

    /// <summary><c>If-Match</c> or <c>If-None-Match</c> is wanted.</summary>
    public const string PreconditionWanted = "precondition-wanted";

    /// <summary>The idempotency key was used with another request.</summary>
    public const string KeyReused = "key-reused";

    /// <summary>A request with this idempotency key is under way.</summary>
    public const string KeyInUse = "key-in-use";

    /// <summary>The body is larger than is taken.</summary>
    public const string TooLarge = "too-large";

    /// <summary>The body is of a media type that is not taken.</summary>
    public const string MediaType = "media-type";

    /// <summary>Too many requests: <c>Retry-After</c> says when.</summary>
    public const string TooMany = "too-many";

    /// <summary>The request, or what it asked for, took too long.</summary>
    public const string TooSlow = "too-slow";

    /// <summary>A cloud refused or could not be reached.</summary>
    public const string CloudFailed = "cloud-failed";

    /// <summary>The journal, the database or the repository cannot be read or written.</summary>
    public const string StorageFailed = "storage-failed";

    /// <summary>A bug: report it with the request id.</summary>
    public const string Unforeseen = "unforeseen";
}
