using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Exchange;

internal static partial class Log
{
    [LoggerMessage(EventIds.ProbeFailed, LogLevel.Error, "The {Kind} probe of the exchange failed: {Reason}")]
    public static partial void ProbeFailed(ILogger logger, string kind, string reason);

    [LoggerMessage(
        EventIds.ProbeRegained,
        LogLevel.Information,
        "The {Kind} probe of the token exchange succeeds again"
    )]
    public static partial void ProbeRegained(ILogger logger, string kind);

    [LoggerMessage(
        EventIds.ReplayDetected,
        LogLevel.Warning,
        "A token of issuer {Issuer} under rule {Rule} is used by two clients: family {Family} was granted first, request "
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
