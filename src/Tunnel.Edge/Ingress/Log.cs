using System.Net;
using Culvert.Tunnel.Edge.Telemetry;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Edge.Ingress;

internal static partial class Log
{
    [LoggerMessage(EventIds.ClientRefused, LogLevel.Debug, "Client {Client} was refused: {Refusal} {TunnelId}")]
    public static partial void ClientRefused(
        ILogger logger,
        IPEndPoint client,
        IngressRefusal refusal,
        string tunnelId
    );

    [LoggerMessage(
        EventIds.ClientReopened,
        LogLevel.Information,
        "Agent {InstanceId} of {TunnelId} did not start on client connection {Connection} ({End}); trying another"
    )]
    public static partial void ClientReopened(
        ILogger logger,
        string connection,
        string tunnelId,
        string instanceId,
        StreamEnd end
    );

    [LoggerMessage(EventIds.ClientFaulted, LogLevel.Error, "The connection of client {Client} failed")]
    public static partial void ClientFaulted(ILogger logger, Exception exception, IPEndPoint? client);
}
