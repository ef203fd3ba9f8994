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
        "The request's host is not the server name of its TLS connection."
    );

    public static readonly Failure RouteUnknown = new(
        FailedHop.Agent,
        "agent.route_unknown",
        404,
        "not_found_error",
        "No route of this agent has this hostname."
    );

    public static readonly Failure TunnelInactive = new(
        FailedHop.Agent,
        "agent.tunnel_inactive",
        503,
        ApiError,
        "The tunnel is paused or archived."
    );

    public static readonly Failure BadTarget = new(
        FailedHop.Agent,
        "agent.bad_target",
        400,
        InvalidRequest,
        "The request target must be a path in origin form or an absolute URL."
    );

    public static readonly Failure OriginRefused = new(
        FailedHop.Agent,
        "agent.origin_refused",
        403,
        "permission_error",
        "The Origin is not one of this route's allowed origins."
    );

    public static readonly Failure RequestTooLarge = new(
        FailedHop.Agent,
        "agent.request_too_large",
        413,
        "request_too_large",
        "The request body is larger than this route allows."
    );

    public static readonly Failure Internal = new(
        FailedHop.Agent,
        "agent.internal",
        500,
        ApiError,
        "The agent could not handle the request."
    );

    public static readonly Failure AddressRefused = new(
        FailedHop.Policy,
        "policy.address_refused",
        502,
        ApiError,
        "The upstream's name resolves to no address that this route allows."
    );

    public static readonly Failure Busy = new(
        FailedHop.Upstream,
        "upstream.busy",
        503,
        "overloaded_error",
        "All connections that this route may hold to its upstream are in use."
    );

    public static readonly Failure NameUnresolved = new(
        FailedHop.Upstream,
        "upstream.name_unresolved",
        502,
        ApiError,
        "The upstream's name could not be resolved."
    );

    public static readonly Failure ConnectFailed = new(
        FailedHop.Upstream,
        "upstream.connect_failed",
        502,
        ApiError,
        "The upstream could not be connected to."
    );

    public static readonly Failure ConnectTimeout = new(
        FailedHop.Upstream,
        "upstream.connect_timeout",
        504,
        "timeout_error",
        "Connecting to the upstream took too long."
    );

    public static readonly Failure TlsFailed = new(
        FailedHop.Upstream,
        "upstream.tls_failed",
        502,
        ApiError,
        "The TLS handshake with the upstream failed."
    );

    public static readonly Failure HeadersTimeout = new(
        FailedHop.Upstream,
        "upstream.headers_timeout",
        504,
        "timeout_error",
        "The upstream did not answer in time."
    );

    public static readonly Failure Closed = new(
        FailedHop.Upstream,
        "upstream.closed",
        502,
        ApiError,
        "The upstream closed the connection before it answered."
    );

    public static readonly Failure BadResponse = new(
        FailedHop.Upstream,
        "upstream.bad_response",
        502,
        ApiError,
        "The upstream's answer is not valid HTTP/1.1."
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
