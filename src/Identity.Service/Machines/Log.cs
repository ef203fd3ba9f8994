using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Machines;

internal static partial class Log
{
    [LoggerMessage(EventIds.LostEdgeNotNoted, LogLevel.Warning, "That edge {EdgeId} is gone could not be written down")]
    public static partial void LostEdgeNotNoted(ILogger logger, Exception fault, string? edgeId);

    [LoggerMessage(EventIds.ReadinessUnknown, LogLevel.Warning, "The readiness of tunnels could not be read")]
    public static partial void ReadinessUnknown(ILogger logger, Exception fault);
}
