using Culvert.Machine.Client.Calls;
using Culvert.Tunnel.Edge.Telemetry;

namespace Culvert.Tunnel.Edge.Commands;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.ChallengeNotAcknowledged,
        LogLevel.Warning,
        "The service did not accept the acknowledgement of challenge {Challenge}: {Failure}"
    )]
    public static partial void ChallengeNotAcknowledged(ILogger logger, string challenge, ApiFailure failure);

    [LoggerMessage(EventIds.Starting, LogLevel.Information, "tunnel-edge {Version} starts as {Edge}")]
    public static partial void Starting(ILogger logger, string version, string edge);

    [LoggerMessage(
        EventIds.AdvertiseDiffers,
        LogLevel.Warning,
        "agents.advertise names {Address}, which is not among the registered addresses of this edge: agents dial {Registered}"
    )]
    public static partial void AdvertiseDiffers(ILogger logger, string address, string registered);
}
