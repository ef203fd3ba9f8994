using System.Net;
using Culvert.Tunnel.Edge.Telemetry;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Lifetime;

namespace Culvert.Tunnel.Edge.Agents;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.AgentConnected,
        LogLevel.Information,
        "Agent {InstanceId} of {TunnelId} connected from {Remote}, certificate {Serial}"
    )]
    public static partial void AgentConnected(
        ILogger logger,
        string tunnelId,
        string instanceId,
        string serial,
        IPEndPoint remote
    );

    [LoggerMessage(
        EventIds.AgentDisconnected,
        LogLevel.Information,
        "A connection of agent {InstanceId} of {TunnelId}, certificate {Serial}, closed: {Outcome}"
    )]
    public static partial void AgentDisconnected(
        ILogger logger,
        string tunnelId,
        string instanceId,
        string serial,
        MuxOutcome outcome
    );

    [LoggerMessage(
        EventIds.AgentRefused,
        LogLevel.Warning,
        "A connection from {Remote} to the agents' listener was refused: {Refusal} {Detail}"
    )]
    public static partial void AgentRefused(ILogger logger, IPEndPoint remote, AgentRefusal refusal, string detail);

    [LoggerMessage(
        EventIds.AgentEnded,
        LogLevel.Information,
        "Ending a connection of agent {InstanceId} of {TunnelId}, certificate {Serial}, with {Code}: {Reason}"
    )]
    public static partial void AgentEnded(
        ILogger logger,
        string tunnelId,
        string instanceId,
        string serial,
        ConnectionErrorCode code,
        string reason
    );

    [LoggerMessage(EventIds.AgentFaulted, LogLevel.Error, "The connection of an agent from {Remote} failed")]
    public static partial void AgentFaulted(ILogger logger, Exception exception, IPEndPoint remote);
}
