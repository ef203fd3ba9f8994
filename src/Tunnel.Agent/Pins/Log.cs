using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Pins;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.PinDrift,
        LogLevel.Warning,
        "Route {Route}: {Definition} differs from its pin ({Classes}): pinned {Pinned}, observed {Observed}, action {Action}."
    )]
    public static partial void PinDrift(
        ILogger logger,
        string route,
        string definition,
        string classes,
        string pinned,
        string observed,
        string action
    );

    [LoggerMessage(
        EventIds.PinDriftGone,
        LogLevel.Information,
        "Route {Route}: {Definition} no longer differs from its pin."
    )]
    public static partial void PinDriftGone(ILogger logger, string route, string definition);

    [LoggerMessage(
        EventIds.PinsApproved,
        LogLevel.Information,
        "Route {Route}: {Count} pinned definitions are in force; {Changed} changed."
    )]
    public static partial void PinsApproved(ILogger logger, string route, int count, int changed);

    [LoggerMessage(EventIds.PinsUnusable, LogLevel.Error, "Route {Route}: the pins cannot be used: {Problem}")]
    public static partial void PinsUnusable(ILogger logger, string route, string problem);

    [LoggerMessage(
        EventIds.PinsNotVerified,
        LogLevel.Warning,
        "Route {Route}: reading the server's definitions failed: {Problem}"
    )]
    public static partial void PinsNotVerified(ILogger logger, string route, string problem);

    [LoggerMessage(
        EventIds.PinsNotKept,
        LogLevel.Warning,
        "Route {Route}: differences from the pins are kept in memory only: {Problem}"
    )]
    public static partial void PinsNotKept(ILogger logger, string route, string problem);
}
