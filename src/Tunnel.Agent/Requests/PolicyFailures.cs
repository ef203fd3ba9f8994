namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The answers of a route's policy, except denials: those look like the server's own answer for a name that it does not
/// know, and contain no code (A14).
/// </summary>
internal static class PolicyFailures
{
    // JSON-RPC 2.0 §5.1
    private const int ParseError = -32700;
    private const int InvalidMessage = -32600;
    private const int InvalidParams = -32602;
    private const int InternalError = -32603;

    // Of the range that JSON-RPC leaves to implementations; the one in use for limits elsewhere (EIP-1474).
    private const int LimitExceeded = -32005;

    private const string RateLimit = "rate_limit_error";
    private const string SendOne = "Send one JSON-RPC message in UTF-8, each member once and spelled as MCP spells it.";

    public static readonly Failure NotJson = Refusal(
        "policy.message_not_json",
        400,
        ParseError,
        "The body is not JSON.",
        "The caller is not an MCP client, or the body was truncated.",
        SendOne
    );

    public static readonly Failure DuplicateKey = Refusal(
        "policy.message_duplicate_key",
        400,
        InvalidMessage,
        "The message has a member twice.",
        "The client is faulty, or wants the agent and the server to read two different messages.",
        SendOne
    );

    public static readonly Failure LookAlikeKey = Refusal(
        "policy.message_lookalike_key",
        400,
        InvalidMessage,
        "A member of the message can be mistaken for another one.",
        "A member such as Method or NAME, or one with blanks, control characters or letters of another script, which some servers treat as method or name.",
        SendOne
    );

    public static readonly Failure Batch = Refusal(
        "policy.message_batch",
        400,
        InvalidMessage,
        "Batches are not supported.",
        "The client speaks revision 2025-03-26, the only one that had them.",
        SendOne
    );

    public static readonly Failure NotAnObject = Refusal(
        "policy.message_not_object",
        400,
        InvalidMessage,
        "The body is not a JSON object.",
        "The caller is not an MCP client.",
        SendOne
    );

    public static readonly Failure TooDeep = Refusal(
        "policy.message_too_deep",
        400,
        InvalidMessage,
        "The message is nested deeper than the route's policy reads.",
        "Arguments with more levels than policy.json.max_depth.",
        "Flatten the arguments, or raise max_depth."
    );

    public static readonly Failure TooLarge = Refusal(
        "policy.message_too_large",
        413,
        InvalidMessage,
        "The message is larger than the route's policy reads.",
        "The body exceeds policy.json.max_bytes or the route's max_request_bytes, or has more than 200,000 values and names.",
        "Send less, or raise the limit; the number of values has no setting."
    );

    public static readonly Failure Encoded = Refusal(
        "policy.message_encoded",
        415,
        InvalidMessage,
        "The message is compressed or in another charset than UTF-8.",
        "The client compresses bodies, which a policy does not undo.",
        SendOne
    );

    public static readonly Failure Incomplete = Refusal(
        "policy.message_incomplete",
        400,
        InvalidMessage,
        "The body did not arrive in full.",
        "The client stopped while sending, or its token expired meanwhile.",
        "Send the message again."
    );

    public static readonly Failure Invalid = Refusal(
        "policy.message_invalid",
        400,
        InvalidMessage,
        "The body is not a JSON-RPC message.",
        "No method and no result, an id that is neither text nor number, or a body where none is allowed.",
        SendOne
    );

    public static readonly Failure ParamsInvalid = Refusal(
        "policy.params_invalid",
        400,
        InvalidParams,
        "The parameters are incomplete or ambiguous.",
        "tools/call without a name, resources/read without a uri, or one of another type.",
        "Name the tool, prompt or resource as text."
    );

    public static readonly Failure HeadersMismatch = Refusal(
        "policy.headers_mismatch",
        400,
        RpcText.HeaderMismatch,
        "The request's headers differ from its body.",
        "Mcp-Method, Mcp-Name or MCP-Protocol-Version is missing, repeated, or differs from the message; or a rule judges the arguments, and an Mcp-Param header differs from them or is not declared by a pinned input schema.",
        "Send headers that match the body; pin the tool if its clients send Mcp-Param headers."
    );

    public static readonly Failure PathRefused = new(
        FailedHop.Policy,
        "policy.path_refused",
        404,
        "not_found_error",
        "This route serves only its MCP endpoint.",
        "Where a policy is enforced, paths that it cannot judge are closed.",
        "Call the path of the route's resource, byte for byte."
    );

    public static readonly Failure QueryRefused = Refusal(
        "policy.query_refused",
        400,
        InvalidMessage,
        "The address has a query that the route does not accept.",
        "The server may act on the query, and no rule judges it. The route's policy lists the parameters that may be there, each once.",
        "Call the address without a query, or list its parameters in policy.query."
    );

    public static readonly Failure MethodRefused = new(
        FailedHop.Policy,
        "policy.method_refused",
        405,
        ErrorTypes.InvalidRequest,
        "MCP knows no such HTTP method.",
        "If a policy is enforced, only GET, HEAD, POST, DELETE and OPTIONS are allowed.",
        "Use another method."
    )
    {
        Allow = "GET, HEAD, POST, DELETE, OPTIONS",
    };

    public static readonly Failure AnswerUnreadable = Refusal(
        "policy.answer_unreadable",
        502,
        InternalError,
        "Checking the server's response failed.",
        "An answer that is compressed, is not JSON, or is larger than the agent reads, where it is a list or may contain a request of the server; or an answer with members that two readers could read differently.",
        "Make the server respond with plain JSON or an event stream, in pages."
    );

    /// <summary>A denial: the message is completed with the pointer of the argument.</summary>
    public static readonly Failure Arguments = Refusal(
        "policy.arguments",
        200,
        InvalidParams,
        "The arguments of the call are not allowed.",
        "A rule of the route's policy allows the tool or prompt, and not with these arguments.",
        "Correct the argument that the message names; the rule and its condition are in the agent's audit record."
    );

    public static readonly Failure RateExceeded = Refusal(
        "policy.rate_exceeded",
        429,
        LimitExceeded,
        "Too many calls.",
        "The rule that allows this call has a rate, and it is used up.",
        "Wait for the time in Retry-After.",
        RateLimit
    );

    public static readonly Failure ConcurrencyExceeded = Refusal(
        "policy.concurrency_exceeded",
        429,
        LimitExceeded,
        "Too many calls at a time.",
        "As many calls as the rule allows are still running.",
        "Wait for one of them.",
        RateLimit
    );

    public static readonly Failure BudgetExceeded = Refusal(
        "policy.budget_exceeded",
        429,
        LimitExceeded,
        "The call exceeds its budget.",
        "The rule that allows this call has a budget, and what is left of it is less than the call asks for.",
        "Ask for less, or wait for the time in Retry-After; without that header, the amount is above the whole budget.",
        RateLimit
    );

    public static readonly Failure BudgetUnavailable = Refusal(
        "policy.budget_unavailable",
        503,
        InternalError,
        "The call was not made because its budget cannot be charged.",
        "The file of budgets in the agent's state_dir is damaged, or the disk is full.",
        "Read the reason in the agent's log; restore the file, or remove it to start all budgets from zero, and restart the agent.",
        ErrorTypes.Api
    );

    public static readonly Failure RequestTooLarge = Refusal(
        "policy.request_too_large",
        413,
        LimitExceeded,
        "The call is larger than its rule allows.",
        "The body exceeds the rule's max_request_bytes.",
        "Send less, or raise the rule's limit."
    );

    public static readonly Failure AnswerTooLarge = Refusal(
        "policy.answer_too_large",
        502,
        LimitExceeded,
        "The response is larger than the call's rule allows.",
        "The response exceeds the rule's max_response_bytes.",
        "Request less, or raise the rule's limit."
    );

    public static readonly Failure TimedOut = Refusal(
        "policy.timeout",
        504,
        LimitExceeded,
        "The call exceeded the time that its rule allows.",
        "The rule's timeout counts however much progress the server reports.",
        "Request less, or raise the rule's limit.",
        "timeout_error"
    );

    public static readonly Failure AuditUnavailable = Refusal(
        "policy.audit_unavailable",
        503,
        InternalError,
        "The call was not made because it cannot be recorded.",
        "The disk is full or nearly so, or the audit file cannot be written.",
        "Free space in the agent's state_dir; or set audit.on_full: degrade to serve unrecorded.",
        ErrorTypes.Api
    ) with
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure PinsUnavailable = Refusal(
        "policy.pins_unavailable",
        503,
        InternalError,
        "The route is closed because its approved definitions cannot be read.",
        "A file below pins in the agent's state_dir is damaged, was edited, or is from another machine.",
        "Run tunnel-agent doctor --check pins on the agent's host, and follow docs/pins.md.",
        ErrorTypes.Api
    );

    public static readonly Failure NotReceived = Refusal(
        "policy.not_received",
        503,
        InternalError,
        "The route is closed because its policy was not received.",
        "The route has policy.from: service, and the agent never received a version that it can use.",
        "Run culvert policy list, have a version approved, and read the agent's log (event 18021).",
        ErrorTypes.Api
    );

    /// <summary>All of them, for the catalogue of codes.</summary>
    public static IReadOnlyList<Failure> All { get; } =
    [
        NotJson,
        DuplicateKey,
        LookAlikeKey,
        Batch,
        NotAnObject,
        TooDeep,
        TooLarge,
        Encoded,
        Incomplete,
        Invalid,
        ParamsInvalid,
        HeadersMismatch,
        PathRefused,
        QueryRefused,
        MethodRefused,
        AnswerUnreadable,
        Arguments,
        RateExceeded,
        ConcurrencyExceeded,
        BudgetExceeded,
        BudgetUnavailable,
        RequestTooLarge,
        AnswerTooLarge,
        TimedOut,
        AuditUnavailable,
        PinsUnavailable,
        NotReceived,
    ];

    private static Failure Refusal(
        string reason,
        int status,
        int rpcCode,
        string message,
        string cause,
        string nextStep,
        string type = ErrorTypes.InvalidRequest
    ) => new(FailedHop.Policy, reason, status, type, message, cause, nextStep) { RpcCode = rpcCode };
}
