using System.Collections.Immutable;
using System.Text.Json;
using Kedge.Contracts.V1;
using Kedge.Mediator.Desk;
using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Points;
using Kedge.Recovery.Protection;
using Microsoft.AspNetCore.Http;

namespace Kedge.Mediator.Api.Problems;

/// <summary>What the house throws, as the API tells it; and which status each code has.</summary>
static class ProblemTable
{
    static readonly ImmutableDictionary<string, (int Status, string Title)> Codes = new Dictionary<string, (int, string)>
    {
        [ProblemCodes.Invalid] = (400, "What was sent cannot be"),
        [ProblemCodes.Malformed] = (400, "The body cannot be read"),
        [ProblemCodes.Unauthenticated] = (401, "A token is wanted"),
        [ProblemCodes.Forbidden] = (403, "The token does not let it"),
        [ProblemCodes.NotFound] = (404, "There is no such thing"),
        [ProblemCodes.MethodNotAllowed] = (405, "The path is not taken with this method"),
        [ProblemCodes.NameTaken] = (409, "The name is taken"),
        [ProblemCodes.RunInTheWay] = (409, "An unfinished run is in the way"),
        [ProblemCodes.RunEnded] = (409, "The run has ended"),
        [ProblemCodes.Refused] = (409, "It would not be safe"),
        [ProblemCodes.NotReady] = (409, "It would not work now"),
        [ProblemCodes.KeyInUse] = (409, "A request with this key is under way"),
        [ProblemCodes.Changed] = (412, "It is not as expected"),
        [ProblemCodes.TooLarge] = (413, "The body is too large"),
        [ProblemCodes.MediaType] = (415, "The media type is not taken"),
        [ProblemCodes.KeyReused] = (422, "The key was used for another request"),
        [ProblemCodes.PreconditionWanted] = (428, "A precondition is wanted"),
        [ProblemCodes.TooMany] = (429, "Too many requests"),
        [ProblemCodes.Unforeseen] = (500, "This was not foreseen"),
        [ProblemCodes.CloudFailed] = (502, "A cloud failed"),
        [ProblemCodes.StorageFailed] = (503, "Journal, database or repository failed"),
        [ProblemCodes.TooSlow] = (504, "It took too long"),
    }.ToImmutableDictionary(StringComparer.Ordinal);

    public static int StatusOf(string code) => Codes[code].Status;

    public static string TitleOf(string code) => Codes[code].Title;

    /// <summary>Never what was not meant for a caller: an error that nobody foresaw, and a path of this machine, stay in the log.</summary>
    public static ProblemException Of(Exception e) => e switch
    {
        ProblemException known => known,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(ProblemCodes.TooLarge, "The body is larger than is taken."),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new(ProblemCodes.TooSlow, "The body did not come in time."),
        BadHttpRequestException => new(ProblemCodes.Malformed, "The request cannot be read."),
        JsonException => new(ProblemCodes.Malformed, "The body is not JSON of the shape that is wanted."),
        // A record that is gone by now; its message names the others, which the caller may not see.
        RecordException { Mistakes: [] } => new(ProblemCodes.NotFound, "There is no such record, or it cannot be read."),
        RecordException => new(ProblemCodes.StorageFailed, "A record on the mediator's disk cannot be read: its operator can mend it."),
        RunNotFoundException gone => new(ProblemCodes.NotFound, $"There is no run {gone.Run}."),
        RunEndedException ended => new(ProblemCodes.RunEnded, ended.Message) { Run = ended.Run.Value },
        RunConflictException conflict => new(ProblemCodes.RunInTheWay, conflict.Message) { Run = conflict.Holder.Value },
        SupersededException superseded => new(ProblemCodes.Refused, superseded.Message) { Run = superseded.Run.Value },
        CleanupRefusedException => new(ProblemCodes.Refused, e.Message),
        FailoverRefusedException refused => new(ProblemCodes.NotReady, refused.Message) { Mistakes = [.. refused.Problems.Select(what => new Mistake("", what))] },
        ProtectionException => new(ProblemCodes.NotReady, e.Message),
        CaptureException => new(ProblemCodes.CloudFailed, $"{e.Message} No point was begun; the last good one stays what it is."),
        OpenStackException cloud => new(ProblemCodes.CloudFailed, cloud.Message) { CloudRequestId = cloud.RequestId },
        SettingsException => new(ProblemCodes.CloudFailed, "The mediator's settings of a cloud cannot be used: its operator can mend them."),
        JournalException => new(ProblemCodes.StorageFailed, "The journal or the database cannot be read or written: the mediator's log says more."),
        RepositoryException => new(ProblemCodes.StorageFailed, "The repository cannot be read or written: the mediator's log says more."),
        IOException or UnauthorizedAccessException => new(ProblemCodes.StorageFailed, "The mediator's disk cannot be read or written: its log says more."),
        _ => new(ProblemCodes.Unforeseen, "This was not foreseen: report it with the id of the request."),
    };
}
