using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Culvert.Machine.Client.Tests.Support;

/// <summary>Keeps every log line, at every level, exceptions included.</summary>
internal sealed class RecordingLogs : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(int Id, string Text)> lines = new();

    public IReadOnlyList<string> Lines => [.. lines.Select(l => l.Text)];

    public int Count(int eventId) => lines.Count(l => l.Id == eventId);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public void Dispose() { }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => lines.Enqueue((eventId.Id, $"{formatter(state, exception)} {exception}"));
}
