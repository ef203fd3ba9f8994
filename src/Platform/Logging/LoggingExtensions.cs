using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>The log of all programs.</summary>
public static class LoggingExtensions
{
    /// <summary>Replaces whatever providers there are by ours, and quietens the web server's own chatter.</summary>
    public static ILoggingBuilder AddCulvertLogging(
        this ILoggingBuilder builder,
        LogOptions options,
        TimeProvider? time = null
    )
    {
        builder.ClearProviders();
        builder.SetMinimumLevel(options.Level);

        // A line per request and connection is the access log's business, not this one's.
        var quiet = options.Level < LogLevel.Information ? options.Level : LogLevel.Warning;
        builder.AddFilter("Microsoft", quiet);
        builder.AddFilter("System", quiet);

        // Built by the container, which then also disposes of it.
        builder.Services.AddSingleton<ILoggerProvider>(_ =>
            LineLoggerProvider.Open(options, time ?? TimeProvider.System)
        );
        return builder;
    }

    /// <summary>A factory for programs without a host. The caller disposes of it, which flushes the log.</summary>
    public static ILoggerFactory CreateLoggerFactory(LogOptions options, TimeProvider? time = null) =>
        LoggerFactory.Create(builder => builder.AddCulvertLogging(options, time));
}
