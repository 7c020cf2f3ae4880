using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Kedge.Mediator.Alarms;
using Kedge.Mediator.Metrics;
using Kedge.Mediator.Settings;
using Kedge.Mediator.Watch;
using Kedge.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Tests.Alarms;

public sealed class WebhookTests : IAsyncLifetime
{
    static readonly Secret Key = new("a key that both have");
    static readonly HashSet<string> AllAsked = [];

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kedge-webhooks-");
    readonly ConcurrentQueue<(string Delivery, string Time, string Signature, string Body)> heard = new();
    readonly FakeClock clock = new();
    readonly HeardLogs logs = new();
    readonly MediatorMeter meter = new();
    readonly SocketsHttpHandler transport = new();
    WebApplication listener = null!;
    volatile int status = 200;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    Uri Address => new($"{listener.Urls.First()}/hook?token=hidden");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        listener = builder.Build();
        listener.MapPost("/hook", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            heard.Enqueue(($"{http.Request.Headers["Kedge-Delivery"]}", $"{http.Request.Headers["Kedge-Timestamp"]}", $"{http.Request.Headers["Kedge-Signature"]}", await reader.ReadToEndAsync()));
            return Results.StatusCode(status);
        });
        await listener.StartAsync(Cancel);
    }

    [Fact]
    public async Task An_alarm_is_heard_once_and_signed_with_the_key()
    {
        var (book, webhooks) = Open(Address);
        book.Update([Silent], AllAsked);

        await webhooks.TurnAsync(Cancel);
        await webhooks.TurnAsync(Cancel);

        var (delivery, time, signature, body) = Assert.Single(heard);
        Assert.Equal($"sha256={Webhooks.Sign(Key, time, Encoding.UTF8.GetBytes(body))}", signature);
        var notice = JsonSerializer.Deserialize(body, AlarmJson.Default.AlarmNotice)!;
        Assert.Equal(("raised", "site-silent", "dc1", $"{notice.Id}/1"), (notice.Event, notice.Code, notice.Subject, delivery));
    }

    [Fact]
    public async Task What_was_not_heard_is_told_again_later_and_later_and_its_end_too()
    {
        var (book, webhooks) = Open(Address);
        book.Update([Silent], AllAsked);
        status = 503;

        for (var second = 0; second < 60; second++)
        {
            await webhooks.TurnAsync(Cancel);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        var tries = heard.Count;
        status = 200;
        book.Update([], AllAsked);
        clock.Advance(TimeSpan.FromMinutes(5));
        await webhooks.TurnAsync(Cancel);

        Assert.InRange(tries, 3, 5);
        Assert.Contains("\"ended\"", heard.Last().Body, StringComparison.Ordinal);
        Assert.Empty(book.Untold);
        Assert.DoesNotContain("hidden", Assert.Single(logs.Of(3721)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_does_not_answer_keeps_no_other_from_hearing()
    {
        var (book, webhooks) = Open(new Uri("http://127.0.0.1:1/nobody"), Address);
        book.Update([Silent], AllAsked);

        await webhooks.TurnAsync(Cancel);

        Assert.Single(heard);
    }

    [Fact]
    public async Task What_nobody_heard_for_a_day_is_given_up()
    {
        var (book, webhooks) = Open(Address);
        book.Update([Silent], AllAsked);
        clock.Advance(TimeSpan.FromHours(25));

        await webhooks.TurnAsync(Cancel);

        Assert.Empty(heard);
        Assert.Empty(book.Untold);
        Assert.Single(logs.Of(3722));
    }

    static Cause Silent => new(AlarmKind.SiteSilent, "dc1", AlarmLevel.Critical, "It is silent.");

    (AlarmBook Book, Webhooks Webhooks) Open(params Uri[] listeners)
    {
        var book = new AlarmBook(Path.Combine(folder.FullName, "alarms.json"), [.. listeners.Select(Webhooks.IdOf)], clock, logs.CreateLogger("Kedge.Alarms"));
        var leader = new Leader(_ => Task.FromResult<IReadOnlySet<string>>(new HashSet<string>()), MediatorHouse.Owner);
        return (book, new Webhooks(book, listeners, Key, leader, "here", transport, meter, clock, logs.CreateLogger("Kedge.Alarms")));
    }

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        transport.Dispose();
        meter.Dispose();
        logs.Dispose();
        folder.Delete(recursive: true);
    }
}
