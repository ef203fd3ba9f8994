using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Culvert.Platform.Logging;

/// <summary>The log settings that may change while the program runs: level, format and file.</summary>
public sealed class LogLevels(LogLevel level)
    : IConfigureOptions<LoggerFilterOptions>,
        IOptionsChangeTokenSource<LoggerFilterOptions>,
        IDisposable
{
    private volatile Change change = new(level);
    private (LineLoggerProvider Lines, LogOptions Options)? writer; // set once, before any change

    public LogLevel Level => change.Level;

    public string Name => Options.DefaultName;

    /// <summary>Applies new settings. The file is always opened again: log rotation may have moved it.</summary>
    /// <exception cref="IOException">The file cannot be written, and nothing has changed.</exception>
    public void Use(LogOptions next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (
            writer is (var lines, var before)
            && (next.File.Length > 0 || (next.File, next.Format) != (before.File, before.Format))
        )
        {
            lines.Use(next);
            writer = (lines, next);
        }

        Swap(next.Level);
    }

    public void Swap(LogLevel next)
    {
        if (next == Level)
        {
            return;
        }

        using var before = change;
        change = new Change(next);
        before.Signal.Cancel();
    }

    public IChangeToken GetChangeToken() => change.Token;

    public void Configure(LoggerFilterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.MinLevel = Level;

        // A line per request and connection belongs to the access log.
        var quiet = Level < LogLevel.Information ? Level : LogLevel.Warning;
        options.AddFilter("Microsoft", quiet);
        options.AddFilter("System", quiet);

        // Kestrel logs an HTTP/2 error of a client as critical. Any client can cause it at any rate, and it affects
        // only that client's connection, so it must not alert an operator.
        options.AddFilter(
            "Microsoft.AspNetCore.Server.Kestrel.Http2",
            Level < LogLevel.Information ? Level : LogLevel.None
        );
    }

    public void Dispose() => change.Dispose();

    internal void Writes(LineLoggerProvider lines, LogOptions options) => writer = (lines, options);

    private sealed class Change : IDisposable
    {
        public Change(LogLevel level)
        {
            Level = level;
            Token = new CancellationChangeToken(Signal.Token);
        }

        public LogLevel Level { get; }

        public CancellationTokenSource Signal { get; } = new();

        public IChangeToken Token { get; }

        public void Dispose() => Signal.Dispose();
    }
}
