namespace Culvert.Tunnel.Agent.Requests;

/// <summary>The answers to calls that a person has to approve and has not approved.</summary>
internal static class ApprovalFailures
{
    public static readonly Failure Required = Failures.Get("policy.approval_required");
    public static readonly Failure Rejected = Failures.Get("policy.approval_rejected");
    public static readonly Failure Unavailable = Failures.Get("policy.approval_unavailable");

    /// <summary>The call was made, and its answer waits for a person.</summary>
    public static Failure AnswerUnavailable =>
        Unavailable with
        {
            Message = "The answer was withheld because its approval cannot be checked.",
        };

    /// <summary>
    /// Adds the approval page to a refusal that a person still has to decide; other failures stay unchanged.
    /// </summary>
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

    /// <summary>Whether a refusal is one of these; it may have a ticket too.</summary>
    public static bool Includes(Failure failure) =>
        failure.Reason == Required.Reason || failure.Reason == Rejected.Reason || failure.Reason == Unavailable.Reason;
}
