using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Admin;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.AdminKeyUsesNotWritten,
        LogLevel.Warning,
        "The last use of admin keys was not written down"
    )]
    public static partial void UsesNotWritten(ILogger logger, Exception fault);
}
