using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Clock;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.ClockStepped,
        LogLevel.Critical,
        "The wall clock stepped by {Seconds} s; the service issues nothing until the clock agrees again or is confirmed"
    )]
    public static partial void ClockStepped(ILogger logger, long seconds);

    [LoggerMessage(EventIds.ClockTrusted, LogLevel.Warning, "The wall clock is trusted again")]
    public static partial void ClockTrusted(ILogger logger);

    [LoggerMessage(EventIds.ClockAlarmNotRecorded, LogLevel.Error, "The clock alarm was not recorded: {Reason}")]
    public static partial void ClockAlarmNotRecorded(ILogger logger, string reason);
}
