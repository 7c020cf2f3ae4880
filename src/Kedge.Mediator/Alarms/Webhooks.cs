using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kedge.Mediator.Metrics;
using Kedge.Mediator.Settings;
using Kedge.Mediator.Watch;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Alarms;

/// <summary>
/// Tells alarms to whoever listens, one POST for each change, signed. What was not heard is told again, later each time, for a day; the queue is the
/// book of alarms itself, so that it has its bound, outlives this process, and holds nobody up. A listener may hear a change twice, and knows
/// it by id and change.
/// </summary>
/// <param name="transport">Not disposed of.</param>
sealed partial class Webhooks(
    AlarmBook book, IReadOnlyList<Uri> listeners, Secret key, Leader leader, string mediator, HttpMessageHandler transport, MediatorMeter meter, TimeProvider clock, ILogger log)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>What nobody heard for so long is old news.</summary>
    static readonly TimeSpan MostAge = TimeSpan.FromDays(1);

    /// <summary>Told to one listener in one turn.</summary>
    const int MostAtOnce = 50;

    /// <summary>By which the book knows it: its address may hold what is nobody else's to read.</summary>
    public static string IdOf(Uri listener) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(listener.ToString())))[..16];

    readonly Dictionary<string, (TimeSpan Pause, DateTimeOffset Until)> waits = new(StringComparer.Ordinal);

    public async Task TurnAsync(CancellationToken cancel)
    {
        if (!await leader.IsItAsync(cancel))
            return;
        // Beside each other: one that does not answer keeps no other from hearing.
        var due = listeners.Where(listener => !waits.TryGetValue(IdOf(listener), out var wait) || clock.GetUtcNow() >= wait.Until).ToList();
        var heard = await Task.WhenAll(due.Select(listener => TellAsync(listener, cancel)));
        foreach (var (listener, isHeard) in due.Zip(heard))
            Wait(IdOf(listener), isHeard);
    }

    /// <returns>False: it did not answer.</returns>
    async Task<bool> TellAsync(Uri listener, CancellationToken cancel)
    {
        var name = IdOf(listener);
        foreach (var alarm in book.Untold.Where(alarm => alarm.Untold.Contains(name)).Take(MostAtOnce))
        {
            if (clock.GetUtcNow() - alarm.ChangedAt > MostAge)
                LogGivenUp(alarm.Code, alarm.Subject, Shown(listener));
            else if (await WhyNotAsync(listener, alarm, cancel) is { } why)
            {
                meter.WebhookFailed();
                if (!waits.ContainsKey(name))
                    LogNotHeard(Shown(listener), why);
                return false;
            }
            book.Told(alarm, name);
        }
        return true;
    }

    async Task<string?> WhyNotAsync(Uri listener, Alarm alarm, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        using var http = new HttpMessageInvoker(transport, disposeHandler: false);
        using var request = Request(listener, alarm);
        try
        {
            using var answer = await http.SendAsync(request, either.Token);
            return answer.IsSuccessStatusCode ? null : $"HTTP {(int)answer.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return e is OperationCanceledException ? $"no answer within {Patience.TotalSeconds} s" : e.Message;
        }
    }

    HttpRequestMessage Request(Uri listener, Alarm alarm)
    {
        var what = alarm.EndedAt is not null ? "ended" : alarm.Change == 1 ? "raised" : "changed";
        var notice = new AlarmNotice(alarm.Id, alarm.Change, what, alarm.Code, alarm.Level, alarm.Subject, alarm.Text, alarm.RaisedAt, alarm.ChangedAt, mediator);
        var body = JsonSerializer.SerializeToUtf8Bytes(notice, AlarmJson.Default.AlarmNotice);
        var time = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, listener) { Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } } };
        request.Headers.Add("Kedge-Delivery", $"{alarm.Id}/{alarm.Change}");
        request.Headers.Add("Kedge-Timestamp", time);
        request.Headers.Add("Kedge-Signature", $"sha256={Sign(key, time, body)}");
        return request;
    }

    /// <summary>HMAC-SHA256 over the time, a dot, and the body: whoever has the key knows that it is ours, and not an old one played again.</summary>
    internal static string Sign(Secret key, string time, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key.Value));
        mac.AppendData(Encoding.UTF8.GetBytes($"{time}."));
        mac.AppendData(body);
        return Convert.ToHexStringLower(mac.GetHashAndReset());
    }

    void Wait(string listener, bool isHeard)
    {
        if (isHeard)
        {
            waits.Remove(listener);
            return;
        }
        var pause = waits.TryGetValue(listener, out var before) ? before.Pause * 2 : FirstPause;
        pause = pause < LongestPause ? pause : LongestPause;
        waits[listener] = (pause, clock.GetUtcNow() + pause);
    }

    /// <summary>Without what may stand in its query or before its host.</summary>
    static string Shown(Uri listener) => listener.GetLeftPart(UriPartial.Path).Replace($"{listener.UserInfo}@", "", StringComparison.Ordinal);

    [LoggerMessage(3721, LogLevel.Warning, "Webhook {Listener} does not hear; it is told later: {Why}")]
    partial void LogNotHeard(string listener, string why);

    [LoggerMessage(3722, LogLevel.Error, "Alarm {Code} of {Subject} was told to webhook {Listener} for a day in vain, and is not told any more")]
    partial void LogGivenUp(string code, string subject, string listener);
}
