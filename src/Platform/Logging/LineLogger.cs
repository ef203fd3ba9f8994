using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

internal sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        var fields = state as IReadOnlyList<KeyValuePair<string, object?>>;
        provider.Write(
            new LogLine(logLevel, eventId, category, formatter(state, exception), fields, exception, provider.Subject)
        );
    }
}
