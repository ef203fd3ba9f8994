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
}
