using System.Net;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Connector;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.ConnectorListening,
        LogLevel.Information,
        "Tunnel {Tunnel}: the agent listens for the provider's connector at {Address}."
    )]
    public static partial void ConnectorListening(ILogger logger, string tunnel, EndPoint address);

    [LoggerMessage(
        EventIds.ConnectorFailed,
        LogLevel.Warning,
        "Tunnel {Tunnel}: the agent cannot listen for the provider's connector: {Reason}"
    )]
    public static partial void ConnectorFailed(ILogger logger, string tunnel, string reason);

    [LoggerMessage(
        EventIds.ConnectorEnded,
        LogLevel.Information,
        "Tunnel {Tunnel}: the agent stopped listening for the provider's connector; {Open} connections are open."
    )]
    public static partial void ConnectorEnded(ILogger logger, string tunnel, int open);

    [LoggerMessage(
        EventIds.ConnectorRefused,
        LogLevel.Warning,
        "Tunnel {Tunnel}: connection {ConnectionId} was refused: {Reason}"
    )]
    public static partial void ConnectorRefused(ILogger logger, string tunnel, string connectionId, string reason);

    [LoggerMessage(
        EventIds.ConnectorFault,
        LogLevel.Error,
        "Tunnel {Tunnel}: a connection failed with an internal error."
    )]
    public static partial void ConnectorFault(ILogger logger, string tunnel, Exception exception);

    [LoggerMessage(
        EventIds.DangerousConnectorAddress,
        LogLevel.Warning,
        "Tunnel {Tunnel}: dangerous_allow_non_loopback: hosts of the network that reach {Address} can call its routes in the place of the connector."
    )]
    public static partial void DangerousConnectorAddress(ILogger logger, string tunnel, EndPoint address);
}
