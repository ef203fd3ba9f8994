namespace Culvert.Tunnel.Agent.Requests;

/// <summary>What is wrong with a request before any upstream sees it, and what fails in the agent itself.</summary>
internal static class RequestFailures
{
    // RFC 9110 §15.5.20: the connection's server name does not speak for the request's authority.
    public static readonly Failure HostMismatch = new(
        FailedHop.Agent,
        "agent.host_mismatch",
        421,
        ErrorTypes.InvalidRequest,
        "The request's host is not the server name of its TLS connection.",
        "A client reuses one connection for several hostnames, or its Host differs from the name it dialled.",
        "Open a connection per hostname, with its name in SNI and in Host."
    );

    public static readonly Failure RouteUnknown = new(
        FailedHop.Agent,
        "agent.route_unknown",
        404,
        "not_found_error",
        "No route of this agent has this hostname.",
        "The first label is not a key of routes, or the agent runs with an older configuration file.",
        "Add the route to agent.yaml, or call one of its hostnames."
    );

    public static readonly Failure TunnelInactive = new(
        FailedHop.Agent,
        "agent.tunnel_inactive",
        503,
        ErrorTypes.Api,
        "The tunnel is paused or archived.",
        "An operator paused or archived the tunnel.",
        "Run culvert tunnel show; an archived tunnel cannot be restored."
    );

    public static readonly Failure BadTarget = new(
        FailedHop.Agent,
        "agent.bad_target",
        400,
        ErrorTypes.InvalidRequest,
        "The request target must be a path in origin form or an absolute URL.",
        "The client sent CONNECT, an asterisk or a target with a fragment.",
        "Send a path, or an absolute URL of this host."
    );

    public static readonly Failure MethodRefused = new(
        FailedHop.Agent,
        "agent.method_refused",
        405,
        ErrorTypes.InvalidRequest,
        "This method is not passed on.",
        "The client sent TRACE, whose response would disclose what the agent adds to requests.",
        "Use another method."
    )
    {
        Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    };

    public static readonly Failure OriginRefused = new(
        FailedHop.Agent,
        "agent.origin_refused",
        403,
        ErrorTypes.Permission,
        "The Origin is not one of this route's allowed origins.",
        "A browser page of another origin called.",
        "Add the origin to the route's allowed_origins if it may call."
    );

    public static readonly Failure BodyMalformed = new(
        FailedHop.Agent,
        "agent.body_malformed",
        400,
        ErrorTypes.InvalidRequest,
        "The framing of the request body violates HTTP/1.1.",
        "A chunk has no valid size or no end (RFC 9112 §7.1), or the body is shorter than its announced length.",
        "Correct the client: the upstream has not seen the whole request."
    );

    public static readonly Failure RequestTooLarge = new(
        FailedHop.Agent,
        "agent.request_too_large",
        413,
        "request_too_large",
        "The request body is larger than this route allows.",
        "The body exceeds upstream.max_request_bytes.",
        "Send less, or raise the limit of the route."
    );

    public static readonly Failure Internal = new(
        FailedHop.Agent,
        "agent.internal",
        500,
        ErrorTypes.Api,
        "The agent could not handle the request.",
        "An internal error of the agent.",
        "Look up the request-id in the agent's log."
    );
}
