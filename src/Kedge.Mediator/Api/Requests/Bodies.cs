using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Kedge.Contracts.V1;
using Kedge.Mediator.Desk;
using Microsoft.AspNetCore.Http;

namespace Kedge.Mediator.Api.Requests;

/// <summary>Bodies as they come in: bounded, and told what is wrong with them, and where.</summary>
static class Bodies
{
    public const int LargestBytes = 256 * 1024;

    /// <summary>What is merged is a merge patch (RFC 7396).</summary>
    public const string MergePatch = "application/merge-patch+json";

    /// <param name="otherwise">What an absent body means; null: a body is wanted.</param>
    /// <exception cref="ProblemException">It is no such thing.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, T? otherwise, CancellationToken cancel)
        where T : class
    {
        var bytes = await BytesAsync(context, cancel);
        if (bytes.Length == 0 && otherwise is not null)
            return otherwise;
        DemandMediaType(context, "application/json");
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new ProblemException(ProblemCodes.Malformed, "The body is null.");
        }
        catch (JsonException e)
        {
            throw new ProblemException(ProblemCodes.Malformed, $"The body cannot be read: {Plain(e)}", e) { Field = e.Path is { Length: > 2 } path ? path[2..] : null };
        }
    }

    /// <exception cref="ProblemException">It is no JSON object.</exception>
    public static async Task<JsonObject> ReadObjectAsync(HttpContext context, string mediaType, CancellationToken cancel)
    {
        var bytes = await BytesAsync(context, cancel);
        DemandMediaType(context, mediaType);
        try
        {
            var parsed = JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new ProblemException(ProblemCodes.Malformed, "The body is not a JSON object.");
            return parsed;
        }
        catch (JsonException e)
        {
            throw new ProblemException(ProblemCodes.Malformed, $"The body cannot be read: {Plain(e)}", e);
        }
    }

    /// <summary>The whole of it; asked again it is the same.</summary>
    public static async Task<byte[]> BytesAsync(HttpContext context, CancellationToken cancel)
    {
        if (context.Items[typeof(Bodies)] is byte[] read)
            return read;
        if (context.Request.ContentLength > LargestBytes)
            throw new ProblemException(ProblemCodes.TooLarge, $"A body may have {LargestBytes} bytes.");
        using var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int got;
        while ((got = await context.Request.Body.ReadAsync(buffer, cancel)) > 0)
        {
            if (whole.Length + got > LargestBytes)
                throw new ProblemException(ProblemCodes.TooLarge, $"A body may have {LargestBytes} bytes.");
            whole.Write(buffer, 0, got);
        }
        var bytes = whole.ToArray();
        context.Items[typeof(Bodies)] = bytes;
        return bytes;
    }

    static void DemandMediaType(HttpContext context, string wanted)
    {
        var type = context.Request.ContentType?.Split(';')[0].Trim();
        if (!string.Equals(type, wanted, StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(ProblemCodes.MediaType, $"Send {wanted}.") { Field = "Content-Type" };
    }

    /// <summary>Without .NET's own words for its types.</summary>
    static string Plain(JsonException e) =>
        e.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal) ? "a value is of another kind than is wanted."
        : e.Message.StartsWith("JSON deserialization for type", StringComparison.Ordinal) ? "a field that is wanted is missing."
        : e.Message.StartsWith("The JSON property", StringComparison.Ordinal) ? "a field is not known."
        : Access.Told.Name(e.Message.Split(" Path: ")[0]);
}
