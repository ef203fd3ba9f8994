using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Machines;

internal static partial class Log
{
    [LoggerMessage(EventIds.LostEdgeNotNoted, LogLevel.Warning, "Recording that edge {EdgeId} has disconnected failed")]
    public static partial void LostEdgeNotNoted(ILogger logger, Exception fault, string? edgeId);
}
