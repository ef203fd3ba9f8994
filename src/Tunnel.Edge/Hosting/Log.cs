using System.Net;
using System.Net.Sockets;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Telemetry;

namespace Culvert.Tunnel.Edge.Hosting;

internal static partial class Log
{
    [LoggerMessage(EventIds.Listening, LogLevel.Information, "listening {Listener} {Endpoint}")]
    public static partial void Listening(ILogger logger, string listener, IPEndPoint endpoint);

    [LoggerMessage(EventIds.Draining, LogLevel.Information, "Stopping: {Clients} client connections have {Seconds} s")]
    public static partial void Draining(ILogger logger, int clients, double seconds);

    [LoggerMessage(
        EventIds.DrainedByOperator,
        LogLevel.Information,
        "An operator drains this edge: {Agents} agent connections have {Seconds} s to go elsewhere"
    )]
    public static partial void DrainedByOperator(ILogger logger, int agents, double seconds);

    [LoggerMessage(EventIds.Drained, LogLevel.Information, "Stopped with {Clients} client connections left")]
    public static partial void Drained(ILogger logger, int clients);

    [LoggerMessage(EventIds.AcceptFailed, LogLevel.Error, "The {Listener} listener could not accept: {Error}")]
    public static partial void AcceptFailed(ILogger logger, string listener, SocketError error);

    [LoggerMessage(
        EventIds.ServingEnded,
        LogLevel.Error,
        "Listeners and connections are closed, no agent and no client is served: {Reason}"
    )]
    public static partial void ServingEnded(ILogger logger, string reason);

    [LoggerMessage(EventIds.ServingResumed, LogLevel.Information, "The edge has a valid certificate again and serves")]
    public static partial void ServingResumed(ILogger logger);

    [LoggerMessage(
        EventIds.ReopenFailed,
        LogLevel.Error,
        "Reopening the {Listener} listener failed; retrying every second: {Error}"
    )]
    public static partial void ReopenFailed(ILogger logger, string listener, SocketError error);

    [LoggerMessage(EventIds.SweepFailed, LogLevel.Error, "The periodic check failed; retrying")]
    public static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        EventIds.OfflineGrace,
        LogLevel.Warning,
        "No contact to the service since {LastContact:u}: agents with unexpired certificates are accepted for {Grace}"
    )]
    public static partial void OfflineGrace(ILogger logger, DateTimeOffset? lastContact, TimeSpan grace);

    [LoggerMessage(
        EventIds.OfflineGraceOver,
        LogLevel.Error,
        "No contact to the service since {LastContact:u}: no new agents are accepted"
    )]
    public static partial void OfflineGraceOver(ILogger logger, DateTimeOffset? lastContact);

    [LoggerMessage(EventIds.ContactRestored, LogLevel.Information, "Contact to the service is restored")]
    public static partial void ContactRestored(ILogger logger);

    public static void Contact(ILogger logger, FeedAge age, DateTimeOffset? lastContact, TimeSpan grace)
    {
        switch (age)
        {
            case FeedAge.OfflineGrace:
                OfflineGrace(logger, lastContact, grace);
                break;
            case FeedAge.Stale when lastContact is not null:
                OfflineGraceOver(logger, lastContact);
                break;
            case FeedAge.Fresh:
                ContactRestored(logger);
                break;
            default:
                break; // no contact yet: readiness reports it
        }
    }
}
