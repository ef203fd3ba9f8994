using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Answer to <see cref="CallApprovalRequest"/>: whether the call may be made once.</summary>
/// <param name="Id">The ticket: <c>appr_…</c>.</param>
/// <param name="State"><c>approved</c>, <c>pending</c> or <c>rejected</c>.</param>
/// <param name="ExpiresAt">When the ticket expires.</param>
public sealed record CallApprovalAnswer(string Id, string State, DateTimeOffset ExpiresAt)
{
    public const string TypeName = "call_approval_answer";

    /// <summary>Approved; this answer consumes the approval.</summary>
    public const string Approved = "approved";

    public const string Pending = "pending";

    public const string Rejected = "rejected";

    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = TypeName;
}
