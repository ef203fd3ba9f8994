namespace Culvert.Tunnel.Agent.Requests;

/// <summary>The answers to calls that a person has to approve, and has not.</summary>
internal static class ApprovalFailures
{
    // Of the range that JSON-RPC leaves to implementations, next to the one for limits.
    private const int NotApproved = -32006;

    public static readonly Failure Required = new(
        FailedHop.Policy,
        "policy.approval_required",
        200,
        ErrorTypes.InvalidRequest,
        "A person has to approve the call.",
        "The rule that allows the call has require_approval, and no person has approved this call with these arguments yet.",
        "Have the ticket in error.data approved, then repeat the same call before the ticket expires."
    )
    {
        RpcCode = NotApproved,
    };

    public static readonly Failure Rejected = new(
        FailedHop.Policy,
        "policy.approval_rejected",
        200,
        ErrorTypes.InvalidRequest,
        "A person has rejected the call.",
        "The rule that allows the call has require_approval, and a person rejected this call with these arguments.",
        "Do not repeat the call; after the time in error.data.expires, approval can be requested again."
    )
    {
        RpcCode = NotApproved,
    };

    public static readonly Failure Unavailable = new(
        FailedHop.Policy,
        "policy.approval_unavailable",
        503,
        ErrorTypes.Api,
        "The call was not made because its approval cannot be checked.",
        "The identity service cannot be reached or refuses the request, or too many requests for approval are pending.",
        "Read the reason in the agent's log (event 18013), and repeat the call later."
    )
    {
        RpcCode = -32603, // JSON-RPC 2.0 §5.1: internal error
        RetryAfterSeconds = 5,
    };

    /// <summary>Names the page to the client, where a person still has to decide.</summary>
    public static Failure? WithPage(Failure? failure, Uri? page) =>
        failure is { Ticket: { } ticket } && failure.Reason == Required.Reason
            ? failure with
            {
                Message =
                    $"A person has to approve the call: ticket {ticket.Id}. Open the page if you are an approver, or give the "
                    + "ticket to one. Continue after the approval.",
                Ticket = ticket with { Page = page },
            }
            : failure;

    /// <summary>All of them, for the catalogue of codes.</summary>
    public static IReadOnlyList<Failure> All { get; } = [Required, Rejected, Unavailable];

    /// <summary>Whether a refusal is one of these; it may name a ticket besides.</summary>
    public static bool Includes(Failure failure) => All.Any(f => f.Reason == failure.Reason);
}
