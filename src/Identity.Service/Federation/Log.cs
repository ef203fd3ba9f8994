using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Federation;

internal static partial class Log
{
    [LoggerMessage(EventIds.RefusalNotRecorded, LogLevel.Warning, "An unproven refusal was not recorded: {Reason}")]
    public static partial void RefusalNotRecorded(ILogger logger, string reason);

    [LoggerMessage(
        EventIds.FederationStale,
        LogLevel.Error,
        "Reading the rules after a change failed; no tokens are granted"
    )]
    public static partial void DirectoryStale(ILogger logger, Exception fault);
}
