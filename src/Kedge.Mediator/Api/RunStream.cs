using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Kedge.Contracts.V1;
using Kedge.Mediator.Desk;
using Kedge.Plans;
using Microsoft.AspNetCore.Http;

namespace Kedge.Mediator.Api;

/// <summary>
/// The journal of a run as server-sent events: the id of each is its number, so that a connection that broke goes on behind the last one that came.
/// It ends with the run, or after an hour: whoever still wants to know connects again. One event is read and written at a time, and a reader
/// who does not take them is cut off by the server.
/// </summary>
sealed class RunStream(IJournal journal, TimeProvider clock)
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <exception cref="ProblemException">Last-Event-ID is no number of an event.</exception>
    public static long After(HttpContext context)
    {
        var values = context.Request.Headers["Last-Event-ID"];
        if (values.Count == 0)
            return 0;
        return values.Count == 1 && long.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? seq
            : throw new ProblemException(ProblemCodes.Invalid, "Last-Event-ID is the id of the last event that came.") { Field = "Last-Event-ID" };
    }

    public async Task WriteAsync(RunId run, long after, bool follow, HttpResponse response, CancellationToken cancel)
    {
        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no";
        var (began, spoken) = (clock.GetUtcNow(), clock.GetUtcNow());
        await response.WriteAsync("retry: 1000\n\n", cancel);
        while (true)
        {
            var ended = await journal.FindAsync(run, cancel) is not { IsEnded: false };
            await foreach (var recorded in journal.ReadAsync(run, after, cancel))
            {
                await response.WriteAsync($"id: {recorded.Seq.ToString(CultureInfo.InvariantCulture)}\nevent: {NameOf(recorded.Event)}\ndata: {Line(recorded)}\n\n", Encoding.UTF8, cancel);
                (after, spoken) = (recorded.Seq, clock.GetUtcNow());
            }
            await response.Body.FlushAsync(cancel);
            // Whether it had ended was asked before its events were read: the last one is among them.
            if (ended || !follow || clock.GetUtcNow() - began > Longest)
                return;
            if (clock.GetUtcNow() - spoken >= Beat)
            {
                await response.WriteAsync(": still here\n\n", cancel);
                await response.Body.FlushAsync(cancel);
                spoken = clock.GetUtcNow();
            }
            await Task.Delay(Look, clock, cancel);
        }
    }

    static string NameOf(RunEvent e) => e.GetType().Name;

    /// <summary>User-data in a plan may hold passwords for the first boot: it is not told.</summary>
    static string Line(RecordedEvent recorded)
    {
        var line = JournalJson.Line(recorded);
        if (recorded.Event is not RunAccepted)
            return line;
        var told = JsonNode.Parse(line)!;
        Untell(told);
        return told.ToJsonString();
    }

    static void Untell(JsonNode node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items.OfType<JsonNode>())
                Untell(item);
        }
        else if (node is JsonObject fields)
        {
            foreach (var (name, value) in fields.ToList())
            {
                if (name is "userData" or "user_data")
                    fields[name] = null;
                else if (value is not null)
                    Untell(value);
            }
        }
    }
}
