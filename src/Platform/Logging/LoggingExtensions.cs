using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Culvert.Platform.Logging;

/// <summary>The log of all programs.</summary>
public static class LoggingExtensions
{
    /// <summary>Replaces whatever providers there are by ours, and quietens the web server's own chatter.</summary>
    public static ILoggingBuilder AddCulvertLogging(
        this ILoggingBuilder builder,
        LogOptions options,
        TimeProvider? time = null,
        LogLevels? levels = null,
        LogSubject? subject = null
    )
    {
        levels ??= new LogLevels(options.Level);
        builder.ClearProviders();
        builder.Services.AddSingleton<IConfigureOptions<LoggerFilterOptions>>(levels);
        builder.Services.AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(levels);

        // Built by the container, which then also disposes of it.
        builder.Services.AddSingleton<ILoggerProvider>(_ =>
        {
            var lines = LineLoggerProvider.Open(options, time ?? TimeProvider.System, subject);
            levels.Writes(lines, options);
            return lines;
        });
        return builder;
    }

    /// <summary>A factory for programs without a host. The caller disposes of it, which flushes the log.</summary>
    /// <param name="options">The section.</param>
    /// <param name="time">The clock of lines.</param>
    /// <param name="levels">Where the level may change; fixed when null.</param>
    /// <param name="subject">What all lines are about.</param>
    public static ILoggerFactory CreateLoggerFactory(
        LogOptions options,
        TimeProvider? time = null,
        LogLevels? levels = null,
        LogSubject? subject = null
    ) => LoggerFactory.Create(builder => builder.AddCulvertLogging(options, time, levels, subject));
}
