using Kedge.Contracts.V1;
using Kedge.Mediator.Desk;
using Microsoft.AspNetCore.Http;

namespace Kedge.Mediator.Api.Requests;

/// <summary>ETag, If-Match and If-None-Match (RFC 9110).</summary>
static class Preconditions
{
    /// <exception cref="ProblemException">There is no precondition, or it cannot be read.</exception>
    public static Expected Of(HttpContext context)
    {
        var (match, noneMatch) = (context.Request.Headers.IfMatch, context.Request.Headers.IfNoneMatch);
        if (noneMatch.Count == 1 && match.Count == 0)
            return noneMatch[0]!.Trim() == "*" ? new Expected.Nothing() : throw Unreadable("If-None-Match", "*");
        if (match.Count == 1 && noneMatch.Count == 0)
        {
            var text = match[0]!.Trim();
            return text == "*" ? new Expected.Anything()
                : text.Length is > 2 and < 100 && text[0] == '"' && text[^1] == '"' && !text[1..^1].Contains('"', StringComparison.Ordinal) ? new Expected.Tagged(text[1..^1])
                : throw Unreadable("If-Match", "the ETag as it was given, with its quotation marks, or *");
        }
        throw new ProblemException(ProblemCodes.PreconditionWanted, "Say If-Match with the ETag of what you change, or If-None-Match: * for what is not there yet.") { Field = "If-Match" };
    }

    /// <summary>The value with its tag; 304 where the caller has it already.</summary>
    public static IResult Tagged<T>(HttpContext context, Versioned<T> found)
    {
        var tag = $"\"{found.Tag}\"";
        context.Response.Headers.ETag = tag;
        return context.Request.Method == HttpMethods.Get && context.Request.Headers.IfNoneMatch.Any(known => known?.Trim() == tag)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(found.Value);
    }

    static ProblemException Unreadable(string header, string wanted) => new(ProblemCodes.Invalid, $"{header} takes {wanted}.") { Field = header };
}
