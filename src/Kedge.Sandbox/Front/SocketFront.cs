using System.Net;
using Kedge.Sandbox.Faults;
using Kedge.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kedge.Sandbox.Front;

/// <summary>A Kestrel on a loopback port that passes everything to a cloud.</summary>
sealed class SocketFront : IAsyncDisposable
{
    readonly WebApplication app;

    SocketFront(WebApplication app, Uri address)
    {
        this.app = app;
        Address = address;
    }

    public Uri Address { get; }

    /// <param name="cloud">Who answers.</param>
    /// <param name="port">0 lets the system choose.</param>
    /// <param name="cancel">Ends the start, not the listening.</param>
    public static async Task<SocketFront> ListenAsync(SandboxCloud cloud, int port, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var app = builder.Build();
        app.Run(context => AnswerAsync(cloud, context));
        await app.StartAsync(cancel);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new SocketFront(app, new Uri(addresses.First()));
    }

    /// <summary>As SIGKILL would: open connections are not waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await app.StopAsync(atOnce.Token);
        await app.DisposeAsync();
    }

    static async Task AnswerAsync(SandboxCloud cloud, HttpContext context)
    {
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var url = new Uri($"http://{context.Request.Host}{context.Request.PathBase}{context.Request.Path.ToUriComponent()}{context.Request.QueryString}");
        try
        {
            var answer = await cloud.HandleAsync(new(context.Request.Method, url, headers, context.Request.Body), context.RequestAborted);
            await WriteAsync(context, answer);
        }
        catch (HttpRequestException)
        {
            context.Abort();
        }
        catch (PowerLost)
        {
            context.Abort();
        }
    }

    static async Task WriteAsync(HttpContext context, SandboxResponse answer)
    {
        context.Response.StatusCode = answer.Status;
        if (answer.ContentType is not null)
            context.Response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers)
            context.Response.Headers[name] = value;
        if (answer.Status is 204 or 304 || context.Request.Method == "HEAD")
            return;
        context.Response.ContentLength = answer.Stream?.Length ?? answer.Bytes.Length;
        if (answer.Stream is { } stream)
            await stream.CopyToAsync(context.Response.Body, context.RequestAborted);
        else
            await context.Response.Body.WriteAsync(answer.Bytes, context.RequestAborted);
    }
}
