using System.Net;

namespace Kedge.Blocks.Stores;

/// <summary>Asks a store behind a network again where that may help, and says in the house's own exception what it answered last.</summary>
sealed class Attempts(string store, TimeProvider time)
{
    const int Most = 6;

    /// <summary>Long enough for a pack over a thin line; a server that says nothing for so long is asked anew.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromMinutes(5);

    static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    /// <param name="what">For messages: what is done, to which name.</param>
    /// <param name="ask">One attempt; its number begins at 1.</param>
    /// <param name="statusOf">The answer's status; null when there was no answer, or when it is no failure of the store's at all.</param>
    public async ValueTask<T> RunAsync<T>(string what, Func<int, CancellationToken, Task<T>> ask, Func<Exception, HttpStatusCode?> statusOf, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            // A server may also stop in the middle of a body, where the client's own limit does not reach.
            using var late = new CancellationTokenSource(Within, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
            try
            {
                return await ask(attempt, either.Token);
            }
            catch (Exception e) when (IsOfStore(e) && !cancel.IsCancellationRequested)
            {
                var status = statusOf(e);
                if (attempt == Most || !MayHelp(status)) throw Failed(what, status, e);
            }
            await Task.Delay(FirstWait * (1 << (attempt - 1)), time, cancel);
        }
    }

    static bool IsOfStore(Exception e) =>
        e is HttpRequestException or IOException or OperationCanceledException or Amazon.Runtime.AmazonClientException or Amazon.Runtime.AmazonServiceException;

    /// <summary>409 is what S3 answers to two conditional puts at one moment: the next answer says who was first.</summary>
    static bool MayHelp(HttpStatusCode? status) =>
        status is null or 0 or HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    RepositoryException Failed(string what, HttpStatusCode? status, Exception e)
    {
        var answer = status is null or 0 ? e.Message : $"it answered {(int)status} ({e.Message})";
        var advice = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => " Check its credentials and what they may do.",
            HttpStatusCode.NotFound => " Check the name of the bucket or container; it is not made by us.",
            _ => "",
        };
        return new RepositoryException(RepositoryFault.Unavailable, $"{what} at {store} failed: {answer}.{advice}", e);
    }
}
