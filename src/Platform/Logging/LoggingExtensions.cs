using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Culvert.Platform.Logging;

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
    public static ILoggerFactory CreateLoggerFactory(
        LogOptions options,
        TimeProvider? time = null,
        LogLevels? levels = null,
        LogSubject? subject = null
    ) => LoggerFactory.Create(builder => builder.AddCulvertLogging(options, time, levels, subject));
}
