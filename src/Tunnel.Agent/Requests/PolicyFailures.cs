namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The answers of a route's policy. Denials of a name are not among them: they look like the server's own answer for an
/// unknown name, and contain no code (A14).
/// </summary>
internal static class PolicyFailures
{
    public static readonly Failure NotJson = Failures.Get("policy.message_not_json");
    public static readonly Failure DuplicateKey = Failures.Get("policy.message_duplicate_key");
    public static readonly Failure LookAlikeKey = Failures.Get("policy.message_lookalike_key");
    public static readonly Failure Batch = Failures.Get("policy.message_batch");
    public static readonly Failure NotAnObject = Failures.Get("policy.message_not_object");
    public static readonly Failure TooDeep = Failures.Get("policy.message_too_deep");
    public static readonly Failure TooLarge = Failures.Get("policy.message_too_large");
    public static readonly Failure Encoded = Failures.Get("policy.message_encoded");
    public static readonly Failure Incomplete = Failures.Get("policy.message_incomplete");
    public static readonly Failure Invalid = Failures.Get("policy.message_invalid");
    public static readonly Failure ParamsInvalid = Failures.Get("policy.params_invalid");
    public static readonly Failure HeadersMismatch = Failures.Get("policy.headers_mismatch");
    public static readonly Failure PathRefused = Failures.Get("policy.path_refused");
    public static readonly Failure QueryRefused = Failures.Get("policy.query_refused");
    public static readonly Failure MethodRefused = Failures.Get("policy.method_refused");
    public static readonly Failure AnswerUnreadable = Failures.Get("policy.answer_unreadable");

    public static readonly Failure AnswerUnfit = Failures.Get("policy.answer_unfit");
    public static readonly Failure AnswerFailed = Failures.Get("policy.answer_failed");
    public static readonly Failure AnswerNotHeld = Failures.Get("policy.answer_not_held");

    /// <summary>A denial. The answer's message also contains the pointer of the argument.</summary>
    public static readonly Failure Arguments = Failures.Get("policy.arguments");

    public static readonly Failure RateExceeded = Failures.Get("policy.rate_exceeded");
    public static readonly Failure ConcurrencyExceeded = Failures.Get("policy.concurrency_exceeded");
    public static readonly Failure BudgetExceeded = Failures.Get("policy.budget_exceeded");
    public static readonly Failure BudgetUnavailable = Failures.Get("policy.budget_unavailable");
    public static readonly Failure RequestTooLarge = Failures.Get("policy.request_too_large");
    public static readonly Failure AnswerTooLarge = Failures.Get("policy.answer_too_large");
    public static readonly Failure TimedOut = Failures.Get("policy.timeout");
    public static readonly Failure AuditUnavailable = Failures.Get("policy.audit_unavailable");
    public static readonly Failure PinsUnavailable = Failures.Get("policy.pins_unavailable");
    public static readonly Failure NotReceived = Failures.Get("policy.not_received");
}
