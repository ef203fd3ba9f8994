using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Tunnels.Assignment;

internal static partial class Log
{
    [LoggerMessage(EventIds.HandoversFailed, LogLevel.Error, "Notifying edges that lost tunnels failed")]
    public static partial void HandoversFailed(ILogger logger, Exception fault);
}
