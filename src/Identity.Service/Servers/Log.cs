using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Servers;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.AttestationNoticesFailed,
        LogLevel.Error,
        "Sending notices of due attestations failed; retrying in an hour"
    )]
    public static partial void AttestationNoticesFailed(ILogger logger, Exception fault);
}
