using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Connections;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.ConnectionUpstreamFailed,
        LogLevel.Warning,
        "The upstream of connection {ConnectionId} gave no result to {Request}: {Reason}"
    )]
    public static partial void UpstreamFailed(ILogger logger, string connectionId, string request, string reason);

    [LoggerMessage(
        EventIds.ConnectionRefreshInterrupted,
        LogLevel.Warning,
        "A refresh of grant {GrantId} began and ended without a result; if the upstream replaced the refresh token, the "
            + "person has to connect again"
    )]
    public static partial void RefreshInterrupted(ILogger logger, string grantId);
}
