using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Culvert.Platform.Logging;

/// <summary>Logging set-up of all programs.</summary>
public static class LoggingExtensions
{
    /// <summary>Replaces all providers by Culvert's, and reduces the web server's own entries.</summary>
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

        // The container creates it, and so also disposes of it.
        builder.Services.AddSingleton<ILoggerProvider>(_ =>
        {
            var lines = LineLoggerProvider.Open(options, time ?? TimeProvider.System, subject);
            levels.Writes(lines, options);
            return lines;
        });
        return builder;
    }

    /// <summary>Creates a factory for programs without a host. The caller disposes of it, which flushes the log.</summary>
    /// <param name="options">The <c>log</c> section.</param>
    /// <param name="time">The clock of the timestamps.</param>
    /// <param name="levels">Settings that may change; null: fixed.</param>
    /// <param name="subject">The subject of all lines.</param>
    public static ILoggerFactory CreateLoggerFactory(
        LogOptions options,
        TimeProvider? time = null,
        LogLevels? levels = null,
        LogSubject? subject = null
    ) => LoggerFactory.Create(builder => builder.AddCulvertLogging(options, time, levels, subject));
}
