using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Hsm;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.HsmStuck,
        LogLevel.Critical,
        "All calls of the HSM's library hang: the process exits so that the next one can use the HSM"
    )]
    public static partial void HsmStuck(ILogger logger);

    [LoggerMessage(
        EventIds.HsmWatchFailed,
        LogLevel.Error,
        "Whether the HSM hangs could not be checked: the next check is due in a few seconds"
    )]
    public static partial void HsmWatchFailed(ILogger logger, Exception fault);
}
