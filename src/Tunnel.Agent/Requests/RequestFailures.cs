namespace Culvert.Tunnel.Agent.Requests;

/// <summary>What is wrong with a request before any upstream sees it, and what fails in the agent itself.</summary>
internal static class RequestFailures
{
    public static readonly Failure HostMismatch = Failures.Get("agent.host_mismatch");
    public static readonly Failure RouteUnknown = Failures.Get("agent.route_unknown");
    public static readonly Failure TunnelInactive = Failures.Get("agent.tunnel_inactive");
    public static readonly Failure BadTarget = Failures.Get("agent.bad_target");
    public static readonly Failure MethodRefused = Failures.Get("agent.method_refused");
    public static readonly Failure OriginRefused = Failures.Get("agent.origin_refused");
    public static readonly Failure BodyMalformed = Failures.Get("agent.body_malformed");
    public static readonly Failure RequestTooLarge = Failures.Get("agent.request_too_large");
    public static readonly Failure Internal = Failures.Get("agent.internal");
}
