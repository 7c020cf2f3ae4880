using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Tests;

/// <summary>Keeps what is logged, for tests to read.</summary>
sealed class HeardLogs : ILoggerFactory
{
    readonly ConcurrentQueue<(int Event, string Text)> lines = new();

    public string Text => string.Join("\n", lines.Select(line => line.Text));

    public IEnumerable<string> Of(int number) => lines.Where(line => line.Event == number).Select(line => line.Text);

    public IEnumerable<string> All => lines.Select(line => $"{line.Event} {line.Text}");

    public ILogger CreateLogger(string categoryName) => new Ear(this);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("There is one ear.");

    public void Dispose()
    {
    }

    sealed class Ear(HeardLogs logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logs.lines.Enqueue((eventId.Id, formatter(state, exception) + (exception is null ? "" : $"\n{exception}")));
    }
}
