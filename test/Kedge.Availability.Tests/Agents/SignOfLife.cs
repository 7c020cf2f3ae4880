using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kedge.Availability.Tests.Agents;

/// <summary>As much of Keystone and Nova as is asked for a worker's sign of life.</summary>
sealed class SignOfLife : IAsyncDisposable
{
    readonly HttpListener listener = new();
    readonly string state;
    readonly Task loop;

    public SignOfLife(string state)
    {
        this.state = state;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }
        listener.Prefixes.Add($"{Address}/");
        listener.Start();
        loop = AnswerForeverAsync();
    }

    public string Address { get; }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    async Task AnswerForeverAsync()
    {
        while (true)
        {
            var call = await listener.GetContextAsync();
            var text = "";
            if (state == "refused")
            {
                call.Response.StatusCode = 503;
            }
            else if (call.Request.HttpMethod == "POST")
            {
                call.Response.StatusCode = 201;
                call.Response.Headers["X-Subject-Token"] = "gAAAA";
                text = $$"""{ "token": { "catalog": [{ "type": "compute", "endpoints": [{ "interface": "public", "region": "R", "url": "{{Address}}/v2.1" }] }] } }""";
            }
            else
            {
                var host = state == "unknown to it" ? "elsewhere" : "here";
                text = $$"""{ "services": [{ "binary": "nova-scheduler", "host": "{{host}}", "state": "{{state}}" }] }""";
            }
            await using (call.Response.OutputStream)
                await call.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        }
    }
}
