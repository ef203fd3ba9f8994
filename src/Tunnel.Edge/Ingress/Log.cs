using System.Net;
using Culvert.Tunnel.Edge.Hosting;
using Culvert.Tunnel.Protocol;

namespace Culvert.Tunnel.Edge.Ingress;

internal static partial class Log
{
    [LoggerMessage(EventIds.ClientRefused, LogLevel.Debug, "Client {Client} was refused: {Refusal} {Tunnel}")]
    public static partial void ClientRefused(ILogger logger, IPEndPoint client, IngressRefusal refusal, string tunnel);

    [LoggerMessage(
        EventIds.ClientReopened,
        LogLevel.Information,
        "Agent {Instance} of {Tunnel} did not start on client connection {Connection} ({End}); trying another"
    )]
    public static partial void ClientReopened(
        ILogger logger,
        string connection,
        string tunnel,
        string instance,
        StreamEnd end
    );

    [LoggerMessage(EventIds.ClientFaulted, LogLevel.Error, "The connection of client {Client} failed")]
    public static partial void ClientFaulted(ILogger logger, Exception exception, IPEndPoint? client);
}
