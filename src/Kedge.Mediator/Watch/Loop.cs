using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Watch;

/// <summary>Does the same thing again and again until the mediator stops, whatever it throws. One at a time; awaited at the stop.</summary>
/// <param name="what">For the log: the patrol, the alarms.</param>
/// <param name="every">From the end of one turn to the begin of the next.</param>
/// <param name="told">Hears how each turn ended: null well, else why not.</param>
sealed partial class Loop(string what, TimeSpan every, Func<CancellationToken, Task> turn, Action<string?> told, TimeProvider clock, ILogger log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? trouble = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await turn(stoppingToken);
                trouble = null;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A host's loop: what fails now is tried again in a few seconds, and /readyz tells.
            catch (Exception e)
#pragma warning restore CA1031
            {
                // Said again only when it is something else.
                if (e.Message != trouble)
                    LogFailed(what, e.GetType().Name, e.Message);
                trouble = e.Message;
            }
            told(trouble);
            await Task.Delay(every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(3402, LogLevel.Warning, "{What} failed and is tried again: {Kind}: {Message}")]
    partial void LogFailed(string what, string kind, string message);
}
