using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal static partial class Log
{
    [LoggerMessage(EventIds.HostnameWatchFailed, LogLevel.Error, "The check of custom hostnames failed")]
    public static partial void HostnameWatchFailed(ILogger logger, Exception fault);
}
