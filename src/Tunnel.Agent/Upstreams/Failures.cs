namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>Every answer that the agent makes itself: the closed catalogue behind <c>culvert-reason</c>.</summary>
internal static class Failures
{
    private const string InvalidRequest = "invalid_request_error";
    private const string ApiError = "api_error";

    // RFC 9110 §15.5.20: the connection's server name does not speak for the request's authority.
    public static readonly Failure HostMismatch = new(
        FailedHop.Agent,
        "agent.host_mismatch",
        421,
        InvalidRequest,
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
        "The first label is no key of routes, or the agent runs with an older file.",
        "Add the route to agent.yaml, or call one of its hostnames."
    );

    public static readonly Failure TunnelInactive = new(
        FailedHop.Agent,
        "agent.tunnel_inactive",
        503,
        ApiError,
        "The tunnel is paused or archived.",
        "An operator paused or archived the tunnel.",
        "Look at culvert tunnel show; an archived tunnel never comes back."
    );

    public static readonly Failure BadTarget = new(
        FailedHop.Agent,
        "agent.bad_target",
        400,
        InvalidRequest,
        "The request target must be a path in origin form or an absolute URL.",
        "The client sent CONNECT, an asterisk or a target with a fragment.",
        "Send a path, or an absolute URL of this host."
    );

    public static readonly Failure OriginRefused = new(
        FailedHop.Agent,
        "agent.origin_refused",
        403,
        "permission_error",
        "The Origin is not one of this route's allowed origins.",
        "A browser page of another origin called.",
        "Add the origin to the route's allowed_origins if it may call."
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
        ApiError,
        "The agent could not handle the request.",
        "A fault inside the agent.",
        "Look up the request-id in the agent's log."
    );

    public static readonly Failure AddressRefused = new(
        FailedHop.Policy,
        "policy.address_refused",
        502,
        ApiError,
        "The upstream's name resolves to no address that this route allows.",
        "The name points outside upstream.allowed_ranges; loopback must be listed explicitly.",
        "Correct the name's address, or list its range if the agent may dial it."
    );

    public static readonly Failure Busy = new(
        FailedHop.Upstream,
        "upstream.busy",
        503,
        "overloaded_error",
        "All connections that this route may hold to its upstream are in use.",
        "Long streams hold every connection that upstream.max_connections allows.",
        "Retry after a moment; raise max_connections if this lasts."
    );

    public static readonly Failure NameUnresolved = new(
        FailedHop.Upstream,
        "upstream.name_unresolved",
        502,
        ApiError,
        "The upstream's name could not be resolved.",
        "The agent's resolver does not know the name, or does not answer.",
        "Resolve the name on the agent's host."
    );

    public static readonly Failure ConnectFailed = new(
        FailedHop.Upstream,
        "upstream.connect_failed",
        502,
        ApiError,
        "The upstream could not be connected to.",
        "Nothing listens there, or a firewall refuses.",
        "Check that the upstream runs and that the agent's host reaches it."
    );

    public static readonly Failure ConnectTimeout = new(
        FailedHop.Upstream,
        "upstream.connect_timeout",
        504,
        "timeout_error",
        "Connecting to the upstream took too long.",
        "A firewall drops the packets, or the upstream is overloaded.",
        "Check the path from the agent's host; timeouts.connect is the limit."
    );

    public static readonly Failure TlsFailed = new(
        FailedHop.Upstream,
        "upstream.tls_failed",
        502,
        ApiError,
        "The TLS handshake with the upstream failed.",
        "Its certificate does not chain to tls.ca_file or the system roots, is for another name, or it speaks no TLS.",
        "Set tls.ca_file or tls.server_name; write http if it speaks no TLS."
    );

    public static readonly Failure HeadersTimeout = new(
        FailedHop.Upstream,
        "upstream.headers_timeout",
        504,
        "timeout_error",
        "The upstream did not answer in time.",
        "A tool runs longer than timeouts.response_headers without a first byte.",
        "Raise the limit of the route, or let the server answer with an event stream."
    );

    public static readonly Failure Closed = new(
        FailedHop.Upstream,
        "upstream.closed",
        502,
        ApiError,
        "The upstream closed the connection before it answered.",
        "The MCP server crashed, restarted, or closed an idle connection at the wrong moment.",
        "Look at the upstream's log; the call may have run."
    );

    public static readonly Failure BadResponse = new(
        FailedHop.Upstream,
        "upstream.bad_response",
        502,
        ApiError,
        "The upstream's answer is not valid HTTP/1.1.",
        "The upstream is no HTTP/1.1 server, or its answer has malformed or too many headers.",
        "Call the upstream directly from the agent's host and look at its answer."
    );

    /// <summary>All of them, for the catalogue of codes.</summary>
    public static IReadOnlyList<Failure> All { get; } =
    [
        HostMismatch,
        RouteUnknown,
        TunnelInactive,
        BadTarget,
        OriginRefused,
        RequestTooLarge,
        Internal,
        AddressRefused,
        Busy,
        NameUnresolved,
        ConnectFailed,
        ConnectTimeout,
        TlsFailed,
        HeadersTimeout,
        Closed,
        BadResponse,
    ];
}
