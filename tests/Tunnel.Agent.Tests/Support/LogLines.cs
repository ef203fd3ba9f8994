using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>Keeps every line that is logged at any level, exceptions included.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    private readonly ConcurrentQueue<string> warnings = new();

    /// <summary>Messages of warnings and worse.</summary>
    public IReadOnlyList<string> Warnings => [.. warnings];

    public string Text => string.Join('\n', lines);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        lines.Enqueue($"{state}");
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        var message = formatter(state, exception);
        lines.Enqueue($"{message} {exception}");
        if (logLevel >= LogLevel.Warning)
        {
            warnings.Enqueue(message);
        }
    }

    public void Dispose() { }
}
