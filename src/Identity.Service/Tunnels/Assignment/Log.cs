using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Tunnels.Assignment;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.HandoversFailed,
        LogLevel.Error,
        "Edges that lost tunnels could not be told to stop serving them"
    )]
    public static partial void HandoversFailed(ILogger logger, Exception fault);
}
