using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Culvert.Platform.Logging;

/// <summary>The least severe level that is written, which may change while the program runs.</summary>
public sealed class LogLevels(LogLevel level)
    : IConfigureOptions<LoggerFilterOptions>,
        IOptionsChangeTokenSource<LoggerFilterOptions>,
        IDisposable
{
    private volatile Change change = new(level);

    public LogLevel Level => change.Level;

    /// <summary>Of the options that are filtered by: the unnamed ones.</summary>
    public string Name => Options.DefaultName;

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

        // A line per request and connection is the access log's business, not this one's.
        var quiet = Level < LogLevel.Information ? Level : LogLevel.Warning;
        options.AddFilter("Microsoft", quiet);
        options.AddFilter("System", quiet);
    }

    public void Dispose() => change.Dispose();

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
