using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>The last entries of the log, for the status page. Only logged entries are included.</summary>
public sealed class RecentLines(TimeProvider time) : ILoggerProvider
{
    private const int MaxLines = 100;

    private readonly Lock gate = new();
    private readonly Queue<RecentLine> lines = new(MaxLines); // guarded by gate

    /// <summary>The newest entry is last.</summary>
    public IReadOnlyList<RecentLine> Lines
    {
        get
        {
            lock (gate)
            {
                return [.. lines];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => new Recorder(this);

    public void Dispose()
    {
        // There is nothing to release.
    }

    private void Add(LogLevel level, string message)
    {
        lock (gate)
        {
            if (lines.Count == MaxLines)
            {
                lines.Dequeue();
            }

            lines.Enqueue(new RecentLine(time.GetUtcNow(), level, message));
        }
    }

    private sealed class Recorder(RecentLines owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and not LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            ArgumentNullException.ThrowIfNull(formatter);
            if (IsEnabled(logLevel))
            {
                owner.Add(logLevel, formatter(state, exception));
            }
        }
    }
}
