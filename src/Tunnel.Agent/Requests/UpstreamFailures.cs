namespace Culvert.Tunnel.Agent.Requests;

/// <summary>What fails between the agent and an upstream.</summary>
internal static class UpstreamFailures
{
    public static readonly Failure AddressRefused = new(
        FailedHop.Policy,
        "policy.address_refused",
        502,
        ErrorTypes.Api,
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
        ErrorTypes.Api,
        "Resolving the upstream's name failed.",
        "The agent's resolver does not know the name, or does not respond.",
        "Resolve the name on the agent's host."
    );

    public static readonly Failure ConnectFailed = new(
        FailedHop.Upstream,
        "upstream.connect_failed",
        502,
        ErrorTypes.Api,
        "Connecting to the upstream failed.",
        "No server listens there, or a firewall refuses the connection.",
        "Check that the upstream runs and that the agent's host reaches it."
    );

    public static readonly Failure ProxyFailed = new(
        FailedHop.Upstream,
        "upstream.proxy_failed",
        502,
        ErrorTypes.Api,
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
        ErrorTypes.Api,
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
        ErrorTypes.Api,
        "The upstream closed the connection before it answered.",
        "The MCP server crashed, restarted, or closed an idle connection at the wrong moment.",
        "Check the upstream's log; the call may have run."
    );

    public static readonly Failure BadResponse = new(
        FailedHop.Upstream,
        "upstream.bad_response",
        502,
        ErrorTypes.Api,
        "The upstream's response is not valid HTTP/1.1.",
        "The upstream is not an HTTP/1.1 server, or its response has malformed headers or an unusable session id.",
        "Call the upstream directly from the agent's host and check its response."
    );

    public static readonly Failure HeadersTooLarge = new(
        FailedHop.Upstream,
        "upstream.headers_too_large",
        502,
        ErrorTypes.Api,
        "The upstream's response headers are larger than 64 KiB.",
        "The server puts data into headers that belongs into the body, or sets many or long cookies.",
        "Call the upstream directly from the agent's host, look for long headers, and shorten them."
    );

    public static readonly Failure InnerAddress = new(
        FailedHop.Upstream,
        "upstream.inner_address",
        502,
        ErrorTypes.Api,
        "The upstream's response leads to an address inside its network.",
        "Its Location, Content-Location, Link or endpoint event names an inner host that is not the upstream of this route.",
        "Read the host in the agent's log; set the server's public URL, or upstream.inner_addresses: pass."
    );

    public static readonly Failure MetadataUnusable = new(
        FailedHop.Upstream,
        "upstream.metadata_unusable",
        502,
        ErrorTypes.Api,
        "The authorization server does not publish the metadata of the issuer that the route names.",
        "Its issuer differs, the response is not a JSON document, or it is compressed although the request did not allow that.",
        "Compare `issuer` in its metadata with the entry of issuers, byte for byte."
    );

    public static readonly Failure CredentialUnavailable = new(
        FailedHop.Agent,
        "agent.credential_unavailable",
        502,
        ErrorTypes.Api,
        "The agent has no credential for the upstream at present.",
        "The secret cannot be read, or the authorization server returns no token.",
        "Read the reason in the agent's log; check the route's credentials."
    );

    /// <summary>Whether a request that failed so was not sent: no byte of it reached the upstream.</summary>
    public static bool IsBeforeSending(Failure failure) =>
        failure.Reason == AddressRefused.Reason
        || failure.Reason == Busy.Reason
        || failure.Reason == NameUnresolved.Reason
        || failure.Reason == ConnectFailed.Reason
        || failure.Reason == ConnectTimeout.Reason
        || failure.Reason == CredentialUnavailable.Reason;

    // A18
    public static readonly Failure CredentialRefused = new(
        FailedHop.Upstream,
        "upstream.credential_refused",
        502,
        ErrorTypes.Api,
        "The upstream does not accept the agent's credential.",
        "The route's credentials are missing, wrong or expired. The caller's token is not the cause.",
        "Correct the route's credentials; call the upstream with them from the agent's host."
    );
}
