namespace Culvert.Platform.Wire;

/// <summary>Answer to <see cref="CallApprovalRequest"/>: whether the call may be made once.</summary>
public sealed record CallApprovalAnswer
{
    public const string TypeName = "call_approval_answer";

    /// <summary>Approved; this answer consumes the approval.</summary>
    public const string Approved = "approved";

    public const string Pending = "pending";

    public const string Rejected = "rejected";

    public string Type { get; init; } = TypeName;

    /// <summary>The ticket: <c>appr_…</c>.</summary>
    public required string Id { get; init; }

    /// <summary><c>approved</c>, <c>pending</c> or <c>rejected</c>.</summary>
    public required string State { get; init; }

    /// <summary>When the ticket expires.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
