using Culvert.Platform.Logging;
using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Programs;

internal static partial class Log
{
    [LoggerMessage(EventIds.ConfigurationReloaded, LogLevel.Information, "The configuration of {File} is in force.")]
    public static partial void ConfigurationReloaded(ILogger logger, string file);

    [LoggerMessage(
        EventIds.ConfigurationRefused,
        LogLevel.Error,
        "Reloading {File} failed; the previous configuration stays in force: {Reason}"
    )]
    public static partial void ConfigurationRefused(ILogger logger, string file, string reason);

    [LoggerMessage(
        EventIds.RestartNeeded,
        LogLevel.Error,
        "Reloading {File} failed; the previous configuration stays in force: only a restart can change {Keys}."
    )]
    public static partial void RestartNeeded(ILogger logger, string file, string keys);
}
