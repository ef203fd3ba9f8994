namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>A signed decision of a webhook's receiver.</summary>
internal sealed record CallDecisionRequest
{
    public const string Kind = "approval.decision";
    public const string Approve = "approve";
    public const string Reject = "reject";

    /// <summary>
    /// <c>approval.decision</c>: messages that the service signs have other types and cannot be replayed as decisions.
    /// </summary>
    public required string Type { get; init; }

    public required string ApprovalId { get; init; }

    /// <summary><c>approve</c> or <c>reject</c>.</summary>
    public required string Decision { get; init; }

    /// <summary>The person who decided, according to the receiver. The service records it but cannot verify it.</summary>
    public required string Person { get; init; }

    public string? Reason { get; init; }
}
