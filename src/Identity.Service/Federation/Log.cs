using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation;

internal static partial class Log
{
    [LoggerMessage(EventIds.RefusalNotRecorded, LogLevel.Warning, "An unproven refusal was not recorded: {Reason}")]
    public static partial void RefusalNotRecorded(ILogger logger, string reason);

    [LoggerMessage(
        EventIds.FederationStale,
        LogLevel.Error,
        "Rules could not be read after a change; nothing is granted"
    )]
    public static partial void DirectoryStale(ILogger logger, Exception fault);

    [LoggerMessage(
        EventIds.ReplayDetected,
        LogLevel.Warning,
        "A token of issuer {Issuer} under rule {Rule} is in two hands: family {Family} was granted first, request "
            + "{RequestId} was refused"
    )]
    public static partial void ReplayDetected(
        ILogger logger,
        string issuer,
        string rule,
        string family,
        string requestId
    );
}
