using System.Net;
using System.Net.Http.Headers;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Front;

/// <summary>Carries an <see cref="HttpClient"/>'s requests into a cloud without a socket.</summary>
sealed class InMemoryFront(SandboxCloud cloud) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? Stream.Null : await request.Content.ReadAsStreamAsync(cancellationToken);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in request.Headers)
            headers[name] = string.Join(',', values);
        if (request.Content is not null)
            foreach (var (name, values) in request.Content.Headers)
                headers[name] = string.Join(',', values);

        var answer = await cloud.HandleAsync(new(request.Method.Method, request.RequestUri!, headers, body), cancellationToken);
        return Message(request, answer);
    }

    static HttpResponseMessage Message(HttpRequestMessage request, SandboxResponse answer)
    {
        var message = new HttpResponseMessage((HttpStatusCode)answer.Status)
        {
            RequestMessage = request,
            Content = answer.Stream is { } stream ? new StreamContent(stream) : new ByteArrayContent(answer.Bytes),
        };
        if (answer.ContentType is not null)
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(answer.ContentType);
        foreach (var (name, value) in answer.Headers)
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content.Headers.TryAddWithoutValidation(name, value);
        return message;
    }
}
