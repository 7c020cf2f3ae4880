namespace Kedge.OpenStack.Http;

/// <summary>Lets so many calls through at once. A slot is free again when the answer is there; a stream that follows holds none.</summary>
internal sealed class LimitHandler(SemaphoreSlim slots) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            slots.Release();
        }
    }
}
