namespace Culvert.Tunnel.Agent.Requests;

/// <summary>What is wrong with an MCP message, its headers or its session.</summary>
internal static class McpFailures
{
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
        ErrorTypes.InvalidRequest,
        "The message cannot be read without doubt.",
        "The route's scopes depend on the operation, and the body is compressed, a batch, no JSON, or has a member twice.",
        "Send one JSON-RPC message in UTF-8, each member once."
    );

    public static readonly Failure HeadersContradict = new(
        FailedHop.Agent,
        "agent.headers_contradict",
        400,
        ErrorTypes.InvalidRequest,
        "Mcp-Method or Mcp-Name differs from the message.",
        "The client is faulty, or a proxy on the path rewrote one of them.",
        "Send headers that match the body, or leave them out."
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
        "Many large or slow messages arrive at once, or this caller has as many as one may have.",
        "Retry after a moment."
    )
    {
        RetryAfterSeconds = 1,
    };

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
        ErrorTypes.InvalidRequest,
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
        ErrorTypes.InvalidRequest,
        "The client accepts no content type that this server can return.",
        "Accept names neither application/json nor text/event-stream.",
        "Send Accept: application/json, text/event-stream."
    );

    public static readonly Failure VersionUnreadable = new(
        FailedHop.Agent,
        "agent.version_unreadable",
        400,
        ErrorTypes.InvalidRequest,
        "MCP-Protocol-Version is not a known revision.",
        "The client sends something else than a date.",
        "Send the revision that was agreed on, such as 2025-11-25."
    );

    // M2
    public static readonly Failure VersionUnsupported = new(
        FailedHop.Agent,
        "agent.version_unsupported",
        400,
        ErrorTypes.InvalidRequest,
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
        ErrorTypes.InvalidRequest,
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
        ErrorTypes.InvalidRequest,
        "The messages after this event are no longer stored.",
        "The event is not of this session, another principal received it, or too many messages followed it.",
        "Repeat the call without Last-Event-ID to open a new stream."
    );

    public static readonly Failure SessionMissing = new(
        FailedHop.Agent,
        "agent.session_missing",
        400,
        ErrorTypes.InvalidRequest,
        "The message requires a session but names none.",
        "The client lost Mcp-Session-Id, or never sent initialize.",
        "Initialize a session and send its id with every message."
    );
}
