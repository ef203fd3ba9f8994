using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Hosting;

internal static partial class Log
{
    [LoggerMessage(EventIds.RequestFaulted, LogLevel.Error, "Request {RequestId} faulted: {Method} {Path}")]
    public static partial void RequestFaulted(
        ILogger logger,
        Exception fault,
        string requestId,
        string method,
        string path
    );

    [LoggerMessage(
        EventIds.Serving,
        LogLevel.Information,
        "identity-service {Version} serves {PublicUrl} on {Addresses}"
    )]
    public static partial void Serving(ILogger logger, string version, string publicUrl, string addresses);

    [LoggerMessage(EventIds.PeerRefused, LogLevel.Information, "Client certificate refused from {Source}: {Reason}")]
    public static partial void PeerRefused(ILogger logger, string source, string reason);

    [LoggerMessage(
        EventIds.ProxyHeaderRefused,
        LogLevel.Warning,
        "Connection from {Source} to the {Listener} port refused: {Reason} (logged once a minute at most)"
    )]
    public static partial void ProxyHeaderRefused(ILogger logger, string source, Listener listener, string reason);

    [LoggerMessage(EventIds.StoreAway, LogLevel.Warning, "{RequestId} was refused: the database is away: {Reason}")]
    public static partial void StoreAway(ILogger logger, string requestId, string reason);
}
