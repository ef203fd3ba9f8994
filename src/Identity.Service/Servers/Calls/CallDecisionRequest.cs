using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>The signed message by which the receiver of a webhook decides.</summary>
internal sealed record CallDecisionRequest
{
    public const string Kind = "approval.decision";
    public const string Approve = "approve";
    public const string Reject = "reject";

    /// <summary><c>approval.decision</c>: no message that the service signs can be returned as a decision.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    [JsonPropertyName("approval_id")]
    public required string ApprovalId { get; init; }

    /// <summary><c>approve</c> or <c>reject</c>.</summary>
    [JsonPropertyName("decision")]
    public required string Decision { get; init; }

    /// <summary>Who decided, as the receiver knows the person. The service records it and cannot check it.</summary>
    [JsonPropertyName("person")]
    public required string Person { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}
