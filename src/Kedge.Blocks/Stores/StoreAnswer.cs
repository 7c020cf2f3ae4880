using System.Net;
using System.Text.Json;

namespace Kedge.Blocks.Stores;

/// <summary>What a server says that is not the content of an object: listings, tokens, errors. Read whole, therefore bounded; and not trusted to be what was asked for.</summary>
static class StoreAnswer
{
    /// <summary>A listing of 1,000 names of 1,024 bytes with all that comes with them, or a catalog of a large cloud.</summary>
    public const int MaxBytes = 4 << 20;

    /// <summary>The body as JSON.</summary>
    /// <exception cref="HttpRequestException">It is too large, or no JSON.</exception>
    public static async Task<JsonDocument> JsonAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        await answer.Content.LoadIntoBufferAsync(MaxBytes, cancel);
        try
        {
            return await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancel), default, cancel);
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"the answer is no JSON: {e.Message}", e, HttpStatusCode.BadGateway);
        }
    }

    /// <summary>For an answer of another shape; a proxy on the way may have given it, so asking again may help.</summary>
    public static HttpRequestException NotUnderstood(HttpResponseMessage answer) => new($"the answer to {answer.RequestMessage?.Method} is not what the API says", null, HttpStatusCode.BadGateway);
}
