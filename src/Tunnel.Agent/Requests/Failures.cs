namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Every answer that the agent makes itself: the closed catalogue behind <c>culvert-reason</c>.</summary>
internal static class Failures
{
    private const string InvalidRequest = "invalid_request_error";
    private const string ApiError = "api_error";
    private const string AuthenticationError = "authentication_error";
    private const string PermissionError = "permission_error";

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
        "The first label is not a key of routes, or the agent runs with an older configuration file.",
        "Add the route to agent.yaml, or call one of its hostnames."
    );

    public static readonly Failure TunnelInactive = new(
        FailedHop.Agent,
        "agent.tunnel_inactive",
        503,
        ApiError,
        "The tunnel is paused or archived.",
        "An operator paused or archived the tunnel.",
        "Run culvert tunnel show; an archived tunnel cannot be restored."
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

    public static readonly Failure MethodRefused = new(
        FailedHop.Agent,
        "agent.method_refused",
        405,
        InvalidRequest,
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
        PermissionError,
        "The Origin is not one of this route's allowed origins.",
        "A browser page of another origin called.",
        "Add the origin to the route's allowed_origins if it may call."
    );

    public static readonly Failure TokenMissing = new(
        FailedHop.Agent,
        "agent.token_missing",
        401,
        AuthenticationError,
        "This server requires an access token.",
        "A client that has not signed in yet; it reads where to do so from WWW-Authenticate.",
        "Let the client sign in, or add an Authorization header with a token for this resource."
    );

    public static readonly Failure TokenInvalid = new(
        FailedHop.Agent,
        "agent.token_invalid",
        401,
        AuthenticationError,
        "The access token was not accepted.",
        "It has expired, is for another resource, or is from an issuer that the route does not list.",
        "Get a new token with the resource of this URL; the agent's log gives the reason."
    );

    public static readonly Failure ProofInvalid = new(
        FailedHop.Agent,
        "agent.proof_invalid",
        401,
        AuthenticationError,
        "The DPoP proof was not accepted.",
        "It is for another request or token, was used before, or the client's clock is off.",
        "Make a proof per request; the agent's log gives the reason."
    );

    public static readonly Failure AuthorizationMalformed = new(
        FailedHop.Agent,
        "agent.authorization_malformed",
        400,
        InvalidRequest,
        "The Authorization header is not one set of credentials.",
        "Two headers, or a token with characters that no token has.",
        "Send Authorization once: Bearer, a blank, the token."
    );

    public static readonly Failure TokenInQuery = new(
        FailedHop.Agent,
        "agent.token_in_query",
        400,
        InvalidRequest,
        "An access token must not be in a URL.",
        "The client sends access_token in the query.",
        "Send the token in the Authorization header, and replace the token: URLs are logged."
    );

    public static readonly Failure ScopeInsufficient = new(
        FailedHop.Agent,
        "agent.scope_insufficient",
        403,
        PermissionError,
        "The access token lacks a scope that this operation needs.",
        "The client requested less, or the user granted less.",
        "Get a token with the scopes that WWW-Authenticate names."
    );

    public static readonly Failure KeysUnavailable = new(
        FailedHop.Agent,
        "agent.keys_unavailable",
        503,
        ApiError,
        "Tokens cannot be checked at present.",
        "The issuer's keys were never fetched, or not for longer than keys_stale_for.",
        "Read the reason in the agent's log; check that its host reaches the issuer."
    )
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure ProofsCrowded = new(
        FailedHop.Agent,
        "agent.proofs_crowded",
        503,
        "overloaded_error",
        "More DPoP proofs arrive than the agent can remember.",
        "A client sends far more requests than a minute should have.",
        "Retry after a moment."
    )
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure SessionUnknown = new(
        FailedHop.Agent,
        "agent.session_unknown",
        404,
        "not_found_error",
        "The caller has no session of this id.",
        "The session belongs to another principal or route, the client signed in as another user, or the key for session IDs changed.",
        "Initialize a new session."
    );

    public static readonly Failure MessageUnreadable = new(
        FailedHop.Agent,
        "agent.message_unreadable",
        400,
        InvalidRequest,
        "The message cannot be read without doubt.",
        "The route's scopes depend on the operation, and the body is compressed, a batch, no JSON, or has a member twice.",
        "Send one JSON-RPC message in UTF-8, each member once."
    );

    public static readonly Failure HeadersContradict = new(
        FailedHop.Agent,
        "agent.headers_contradict",
        400,
        InvalidRequest,
        "Mcp-Method or Mcp-Name differs from the message.",
        "The client is faulty, or a proxy on the path rewrote one of them.",
        "Send headers that match the body, or leave them out."
    );

    public static readonly Failure BodyMalformed = new(
        FailedHop.Agent,
        "agent.body_malformed",
        400,
        InvalidRequest,
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

    public static readonly Failure MessageTooLarge = new(
        FailedHop.Agent,
        "agent.message_too_large",
        413,
        "request_too_large",
        "The message is larger than the agent reads.",
        "The route's scopes depend on the operation, so the agent reads the message first, up to 4 MiB.",
        "Send less; raising upstream.max_request_bytes does not help."
    );

    public static readonly Failure BodiesCrowded = new(
        FailedHop.Agent,
        "agent.bodies_crowded",
        503,
        "overloaded_error",
        "The agent reads as many messages as it has room for.",
        "Many large or slow messages arrive at once on routes whose scopes depend on the operation.",
        "Retry after a moment."
    )
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure Internal = new(
        FailedHop.Agent,
        "agent.internal",
        500,
        ApiError,
        "The agent could not handle the request.",
        "An internal error of the agent.",
        "Look up the request-id in the agent's log."
    );

    public static readonly Failure AddressRefused = new(
        FailedHop.Policy,
        "policy.address_refused",
        502,
        ApiError,
        "The upstream's name resolves to no address that this route allows.",
        "The name points outside upstream.allowed_ranges; loopback must be listed explicitly.",
        "Correct the name's address, or list its range if the agent may connect to it."
    );

    public static readonly Failure Busy = new(
        FailedHop.Upstream,
        "upstream.busy",
        503,
        "overloaded_error",
        "All upstream connections that this route may open are in use.",
        "Long streams use every connection that upstream.max_connections allows.",
        "Retry after a moment; raise max_connections if this lasts."
    )
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure NameUnresolved = new(
        FailedHop.Upstream,
        "upstream.name_unresolved",
        502,
        ApiError,
        "Resolving the upstream's name failed.",
        "The agent's resolver does not know the name, or does not respond.",
        "Resolve the name on the agent's host."
    );

    public static readonly Failure ConnectFailed = new(
        FailedHop.Upstream,
        "upstream.connect_failed",
        502,
        ApiError,
        "Connecting to the upstream failed.",
        "No server listens there, or a firewall refuses the connection.",
        "Check that the upstream runs and that the agent's host reaches it."
    );

    public static readonly Failure ProxyFailed = new(
        FailedHop.Upstream,
        "upstream.proxy_failed",
        502,
        ApiError,
        "The proxy in front of the upstream gave no way to it.",
        "upstream.proxy refuses CONNECT to this host and port, wants credentials, or its certificate is not trusted.",
        "The agent's log contains the proxy's response; allow host and port there, or correct upstream.proxy, proxy_username and proxy_password."
    );

    public static readonly Failure ConnectTimeout = new(
        FailedHop.Upstream,
        "upstream.connect_timeout",
        504,
        "timeout_error",
        "Connecting to the upstream timed out.",
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
        "The upstream did not respond within the time limit.",
        "A tool runs longer than timeouts.response_headers without a first byte.",
        "Raise the limit of the route, or make the server respond with an event stream."
    );

    public static readonly Failure Closed = new(
        FailedHop.Upstream,
        "upstream.closed",
        502,
        ApiError,
        "The upstream closed the connection before it answered.",
        "The MCP server crashed, restarted, or closed an idle connection at the wrong moment.",
        "Check the upstream's log; the call may have run."
    );

    public static readonly Failure BadResponse = new(
        FailedHop.Upstream,
        "upstream.bad_response",
        502,
        ApiError,
        "The upstream's response is not valid HTTP/1.1.",
        "The upstream is not an HTTP/1.1 server, or its response has malformed or too many headers.",
        "Call the upstream directly from the agent's host and check its response."
    );

    public static readonly Failure MetadataUnusable = new(
        FailedHop.Upstream,
        "upstream.metadata_unusable",
        502,
        ApiError,
        "The authorization server does not publish the metadata of the issuer that the route names.",
        "Its issuer differs, the response is not a JSON document, or it is compressed although the request did not allow that.",
        "Compare `issuer` in its metadata with the entry of issuers, byte for byte."
    );

    public static readonly Failure CredentialUnavailable = new(
        FailedHop.Agent,
        "agent.credential_unavailable",
        502,
        ApiError,
        "The agent has no credential for the upstream at present.",
        "The secret cannot be read, or the authorization server returns no token.",
        "Read the reason in the agent's log; check the route's credentials."
    );

    // A18
    public static readonly Failure CredentialRefused = new(
        FailedHop.Upstream,
        "upstream.credential_refused",
        502,
        ApiError,
        "The upstream does not accept the agent's credential.",
        "The route's credentials are missing, wrong or expired. The caller's token is not the cause.",
        "Correct the route's credentials; call the upstream with them from the agent's host."
    );

    public static readonly Failure PathUnknown = new(
        FailedHop.Agent,
        "agent.path_unknown",
        404,
        "not_found_error",
        "This route has no such path.",
        "The agent itself responds on this route, at only one path.",
        "Call the path that oauth.path of the route names, /mcp by default."
    );

    public static readonly Failure MethodNotAllowed = new(
        FailedHop.Agent,
        "agent.method_not_allowed",
        405,
        InvalidRequest,
        "This server does not support this method.",
        "GET and DELETE belong to sessions, which the current revision of MCP does not have.",
        "Use POST."
    )
    {
        Allow = "POST",
    };

    public static readonly Failure NotAcceptable = new(
        FailedHop.Agent,
        "agent.not_acceptable",
        406,
        InvalidRequest,
        "The client accepts no content type that this server can return.",
        "Accept names neither application/json nor text/event-stream.",
        "Send Accept: application/json, text/event-stream."
    );

    public static readonly Failure VersionUnreadable = new(
        FailedHop.Agent,
        "agent.version_unreadable",
        400,
        InvalidRequest,
        "MCP-Protocol-Version is not a known revision.",
        "The client sends something else than a date.",
        "Send the revision that was agreed on, such as 2025-11-25."
    );

    // M2
    public static readonly Failure VersionUnsupported = new(
        FailedHop.Agent,
        "agent.version_unsupported",
        400,
        InvalidRequest,
        "The server does not speak this revision of MCP.",
        "The client names a revision that the server behind the route does not list in its response to server/discover.",
        "Use one of the revisions in error.data.supported; for 2025-11-25 and earlier, start with initialize."
    )
    {
        RpcCode = RpcText.UnsupportedVersion,
    };

    // M2
    public static readonly Failure EnvelopeInvalid = new(
        FailedHop.Agent,
        "agent.envelope_invalid",
        400,
        InvalidRequest,
        "params._meta must have the protocol version and the client's capabilities.",
        "The client names a revision without sessions, and does not describe itself in each request.",
        "Send io.modelcontextprotocol/protocolVersion and io.modelcontextprotocol/clientCapabilities in params._meta."
    )
    {
        RpcCode = RpcText.InvalidParams,
    };

    public static readonly Failure EventUnknown = new(
        FailedHop.Agent,
        "agent.event_unknown",
        400,
        InvalidRequest,
        "The messages after this event are no longer stored.",
        "The event is not of this session, or too many messages followed it.",
        "Repeat the call without Last-Event-ID to open a new stream."
    );

    public static readonly Failure SessionMissing = new(
        FailedHop.Agent,
        "agent.session_missing",
        400,
        InvalidRequest,
        "The message requires a session but names none.",
        "The client lost Mcp-Session-Id, or never sent initialize.",
        "Initialize a session and send its id with every message."
    );

    public static readonly Failure ChildrenBusy = new(
        FailedHop.Upstream,
        "upstream.children_busy",
        503,
        "overloaded_error",
        "The maximum number of programs runs for this route.",
        "Other sessions use them all.",
        "Retry after a moment; raise stdio.max_children or lower stdio.timeouts.idle if this lasts."
    )
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure ChildNotStarted = new(
        FailedHop.Upstream,
        "upstream.child_not_started",
        502,
        ApiError,
        "The program behind this route cannot be started.",
        "The command does not exist or is not executable, or a secret of its environment cannot be read.",
        "Read the agent's log; run the command on the agent's host as the agent's user."
    );

    public static readonly Failure ChildRestarting = new(
        FailedHop.Upstream,
        "upstream.child_restarting",
        503,
        "overloaded_error",
        "The program behind this route failed and has not been restarted yet.",
        "It exited unexpectedly; each consecutive failure doubles the back-off.",
        "Retry after a moment; the agent's log contains the program's output."
    )
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure ChildFailed = new(
        FailedHop.Upstream,
        "upstream.child_failed",
        503,
        ApiError,
        "The program behind this route failed and will not be restarted.",
        "It exited unexpectedly, and stdio.restart.policy is never.",
        "Fix the program, then restart the agent."
    );

    public static readonly Failure ChildExited = new(
        FailedHop.Upstream,
        "upstream.child_exited",
        502,
        ApiError,
        "The program behind this route exited before it responded.",
        "It crashed, or was stopped.",
        "The agent's log contains the program's output; the call may have run."
    );

    public static readonly Failure ChildNotReading = new(
        FailedHop.Upstream,
        "upstream.child_not_reading",
        503,
        "overloaded_error",
        "The program behind this route does not read further messages.",
        "It does not read its standard input, or not fast enough.",
        "Retry after a moment; check whether the program hangs."
    )
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure ChildOverrun = new(
        FailedHop.Upstream,
        "upstream.child_overrun",
        502,
        ApiError,
        "The program behind this route sent a message that is too large, and was stopped.",
        "A result is larger than stdio.max_message_bytes.",
        "Request less, or raise the limit of the route."
    );

    public static readonly Failure ChildBadOutput = new(
        FailedHop.Upstream,
        "upstream.child_bad_output",
        502,
        ApiError,
        "The program behind this route wrote output that is not MCP.",
        "It prints text to its standard output, or is not an MCP server.",
        "Let it log to its standard error."
    );

    /// <summary>All of them, for the catalogue of codes.</summary>
    public static IReadOnlyList<Failure> All { get; } =
    [
        HostMismatch,
        RouteUnknown,
        TunnelInactive,
        BadTarget,
        MethodRefused,
        OriginRefused,
        TokenMissing,
        TokenInvalid,
        ProofInvalid,
        AuthorizationMalformed,
        TokenInQuery,
        ScopeInsufficient,
        KeysUnavailable,
        ProofsCrowded,
        SessionUnknown,
        MessageUnreadable,
        HeadersContradict,
        BodyMalformed,
        RequestTooLarge,
        MessageTooLarge,
        BodiesCrowded,
        Internal,
        AddressRefused,
        Busy,
        NameUnresolved,
        ConnectFailed,
        ProxyFailed,
        ConnectTimeout,
        TlsFailed,
        HeadersTimeout,
        Closed,
        BadResponse,
        MetadataUnusable,
        CredentialUnavailable,
        CredentialRefused,
        .. PolicyFailures.All,
        PathUnknown,
        MethodNotAllowed,
        NotAcceptable,
        VersionUnreadable,
        VersionUnsupported,
        EnvelopeInvalid,
        EventUnknown,
        SessionMissing,
        ChildrenBusy,
        ChildNotStarted,
        ChildRestarting,
        ChildFailed,
        ChildExited,
        ChildNotReading,
        ChildOverrun,
        ChildBadOutput,
    ];
}
