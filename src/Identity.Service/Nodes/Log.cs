using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Nodes;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.VersionsUnknown,
        LogLevel.Warning,
        "Reading the versions of nodes, edges and agents failed"
    )]
    public static partial void VersionsUnknown(ILogger logger, Exception fault);
}
