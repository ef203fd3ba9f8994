using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Policy.Service;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.ServicePolicyInForce,
        LogLevel.Information,
        "Route {Route}: version {Version} ({Policy}) of the service's policy is in force."
    )]
    public static partial void ServicePolicyInForce(ILogger logger, string route, long version, string policy);

    [LoggerMessage(
        EventIds.ServicePolicyRefused,
        LogLevel.Error,
        "Route {Route}: version {Version} ({Policy}) of the service's policy cannot be used, and what was in force "
            + "stays: {Problem}"
    )]
    public static partial void ServicePolicyRefused(
        ILogger logger,
        string route,
        long version,
        string policy,
        string problem
    );

    [LoggerMessage(
        EventIds.ServicePoliciesNotKept,
        LogLevel.Warning,
        "Policies of the service cannot be kept for the next start: {Problem}"
    )]
    public static partial void ServicePoliciesNotKept(ILogger logger, string problem);

    [LoggerMessage(
        EventIds.ServicePoliciesNotRead,
        LogLevel.Warning,
        "The policies of the service that were kept cannot be used: {Path}"
    )]
    public static partial void ServicePoliciesNotRead(ILogger logger, string path);
}
